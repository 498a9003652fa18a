// Conveniences of oivo's pages. Nothing needs them: without JavaScript the buttons stay hidden.
"use strict";

document.querySelectorAll("button[data-copy]").forEach((button) => {
  if (!navigator.clipboard) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    window.setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
});

// Send a table to the programs of the user's desktop: the address is given, or made of a DaCHS form.
document.querySelectorAll("button[data-samp-table], button[data-samp-form]").forEach((button) => {
  const status = document.getElementById("samp-status");
  const address = () => button.dataset.sampTable ||
    getFormQuery(document.getElementById(button.dataset.sampForm), {_FORMAT: 1}) + "&_FORMAT=VOTable&VERB=3";
  button.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = "Looking for a SAMP hub …";
    samp.register(document.title, (connection) => {
      connection.notifyAll([new samp.Message("table.load.votable", {
        "table-id": address(), "url": address(), "name": document.title})]);
      status.textContent = "Sent.";
      window.setTimeout(() => connection.unregister(), 5000);
    }, () => { status.textContent = "No SAMP hub answers: start TOPCAT first."; });
  });
});
