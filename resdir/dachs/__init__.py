"""What oivo changes inside DaCHS, one concern a module, each with its reason; called by ``resdir.customise``."""
