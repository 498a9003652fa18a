"""Names of targets, as headers have them, and their one form."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.targets.letters import CONSTELLATIONS, GREEK
from ingest.targets.names import designation_of, key_of

SAME = {
    "alf Eri": [
        "ALP_ERI",
        "alp_Eri",
        "alf Eri",
        "ALFERI",
        "Alpha Eridani",
        "alpha_eri",
        "* alf Eri",
        "α Eri",
        " alp  eri ",
    ],
    "alf Cen A": ["Alpha_Cen_A", "alf Cen A", "ALPHA CENTAURI A", "alfcenA", "alf_Cen-A"],
    "tet01 Ori C": ["tet01OriC", "theta1 Ori C", "TET1_ORI_C", "θ1 Ori C", "* tet01 Ori C", "the01 Ori C"],
    "pi.01 Gru": ["pi1 Gru", "PI01_GRU", "pi.01 Gru", "pi1Gru"],
    "mu. Cep": ["mu Cep", "MU_CEP", "* mu. Cep", "mu. Cep"],
    "ksi Hya": ["xi Hya", "XI_HYA", "ksi Hya"],
    "ome01 Tau": ["ome01_Tau", "omega1 Tau", "ome1 tau"],
    "eps CMa": ["Epsilon Canis Majoris", "epsCMa", "EPS_CMA"],
    "del Sco": ["DelSco", "del Sco", "DEL_SCO"],
    "75 Vir": ["75Vir", "75_Vir", "075 Vir"],
    "61 Cyg A": ["61 Cyg A", "61CygA"],
    "CI Tau": ["V CI Tau", "CITau", "V* CI Tau", "CI_TAU", "ci tau", "V*CI Tau"],
    "CO Ori A": ["CO_Ori_A", "CO Ori A", "COOriA"],
    "V892 Tau": ["V892 Tau", "V0892_TAU", "V892Tau", "V* V892 Tau", "V_V892_Tau"],
    "MU Cep": ["MU Cep", "V* MU Cep"],
    "R Dor": ["R_DOR", "R Dor", "V* R Dor", "r dor"],
    "s Car": ["s Car"],
    "S Car": ["S Car", "S_CAR"],
    "l Car": ["l Car", "l_Car"],
    "P Cyg": ["P Cyg", "P_CYG"],
    "T Tau N": ["T_Tau_N", "T TAU N"],
    "T Tau SA": ["T_TAU_Sa"],
    "HD 45677": ["HD45677", "HD 45677", "HD-45677", "HD_045677", "hd 45677", "HDE 45677", "HD 45677.", "cal_HD45677"],
    "HD 44800": ["HD44800_bad", "HD 44800 (test)"],
    "HD 100453 B": ["HD_100453_B", "HD100453B"],
    "HIP 78183": ["HIP_78183", "HIP078183", "hip 78183", "HIC 78183"],
    "HR 8799": ["HR_8799", "HR8799", "BSC 8799"],
    "SAO 206462": ["SAO_206462", "SAO206462"],
    "GJ 65": ["GJ 65", "GL_65", "Gliese 65"],
    "GJ 15.1": ["GJ15.1", "Gl 15.1"],
    "AS 209": ["AS_209", "AS 209", "AS209", "EM* AS 209"],
    "2MASS J05352184-0546085": ["2MASS J05352184-0546085", "2MASSJ05352184-0546085", "2M_J05352184-0546085"],
    "TYC 1234-567-1": ["TYC 1234-00567-1", "TYC_1234-567-1"],
    "Gaia DR3 4472832130942575872": ["Gaia DR3 4472832130942575872", "GAIA_DR3_4472832130942575872"],
    "BD+20 307": ["BD+20 307", "BD +20_0307", "BD+20D307"],
    "CD-42 4935": ["CD-42 4935", "CD-42_04935"],
    "SGRA*": ["SGR_A*", "SgrA*", "NAME Sgr A*"],
    "IRS16C": ["IRS16C", "IRS_16C", "irs 16 c"],
    "ACHERNAR": ["ACHERNAR", "Achernar", "NAME Achernar"],
    "SIRIUS B": ["Sirius B", "SIRIUS_B"],
    "SPICA": ["SPICA", "Spica"],
    "KOCHAB": ["Kochab"],
    "BARNARDSSTAR": ["Barnard's Star", "BARNARDS_STAR", "Barnard’s star"],
}


@pytest.mark.parametrize(("key", "raw"), [(key, raw) for key, names in SAME.items() for raw in names])
def test_one_form(key: str, raw: str) -> None:
    assert key_of(raw) == key
    assert key_of(key) == key


@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "_", "-", "?", "0", "123", "***", "\0", "''"),
        *("STD", "std", "DARK", "SKY", "OBJECT", "FRINGE,OBJECT", "STD,OBJECT", "WAVE,SC", "FLAT", "LAMP", "DISP"),
        *("UNKNOWN", "UNKNO", "No name", "NO_NAME", "NONE", "N/A", "nan", "UNDEFINED", "NODEFAULT", "invalid value"),
        *("Artificial source", "internal_source", "LAB", "TEST", "test 2", "Dummy target", "TARGET_1", "XXX", "xx"),
    ],
)
def test_labels_name_nothing(raw: str) -> None:
    assert key_of(raw) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("CO_Ori_A", "CO_Ori_B"),
        ("alf Cen A", "alf Cen"),
        ("HD 1", "HIP 1"),
        ("HD 123", "HD 1230"),
        ("tet01 Ori", "tet02 Ori"),
        ("alf CrA", "alf CrB"),
        ("2MASS J05352184-0546085", "2MASS J05352184+0546085"),
        ("BD+20 307", "BD-20 307"),
        ("s Car", "S Car"),
        ("IRS 7", "IRS 16C"),
        ("PDS 70 2", "PDS 702"),
    ],
)
def test_different_names_stay_different(first: str, second: str) -> None:
    assert key_of(first) != key_of(second)


def test_kinds() -> None:
    kinds = {
        raw: found.kind
        for raw in ("alf Eri", "75Vir", "R Dor", "l Car", "HD 1", "Vega")
        if (found := designation_of(raw))
    }
    assert list(kinds.values()) == ["Bayer", "Flamsteed", "variable", "letter", "HD", "name"]


PARTS = st.sampled_from(
    [
        *GREEK,
        *CONSTELLATIONS,
        *CONSTELLATIONS.values(),
        *"ABVvrs-+. _(),'*",
        *["1", "01", "007", "12345678", "HD", "HIP", "GJ", "BD+", "V*"],
    ]
) | st.sampled_from(["2MASS_J", "NAME", "TYC", "Gaia_DR3", "STD", "CAL", "bad"])


@given(st.text() | st.lists(PARTS, max_size=7).map("".join) | st.lists(PARTS, max_size=7).map(" ".join))
@example("TW H YA")
@example("NAME NAME Vega")
@example("V* V* mu Cep")
@example("STD A")
@example("İ A")
def test_a_key_is_its_own_key(raw: str) -> None:
    key = key_of(raw)
    if key is not None:
        assert key_of(key) == key
        assert key == key.strip()


@given(st.text(max_size=20))
def test_blanks_and_underscores_are_alike(raw: str) -> None:
    assert key_of(raw) == key_of(raw.replace(" ", "_")) == key_of(f"  {raw} ")
