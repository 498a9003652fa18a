"""Records of the registry as the tables of RegTAP 1.2 (schema ``rr``), and an RD that publishes them.

Written after the standard's sections 5 and 8.1 to 8.15, apart from anything of oivo: what a registry elsewhere does
with our records. Identifiers, types and the like are in lower case, lists are joined with #.
"""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from tests.instances import Instance

XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"

#: Tables and columns: text where no type is given.
TABLES = {
    "resource": """ivoid res_type created:timestamp short_name res_title updated:timestamp content_level res_description
        reference_url creator_seq content_type source_format source_value res_version region_of_regard:real waveband
        rights rights_uri harvested_from""",
    "res_role": "ivoid role_name role_ivoid street_address email telephone logo base_role",
    "res_subject": "ivoid res_subject",
    "capability": "ivoid cap_index:smallint cap_type cap_description standard_id",
    "res_schema": "ivoid schema_index:smallint schema_description schema_name schema_title schema_utype",
    "res_table": """ivoid schema_index:smallint table_description table_name table_index:smallint table_title table_type
        table_utype nrows:bigint""",
    "table_column": """ivoid table_index:smallint name ucd unit utype std:smallint datatype extended_schema
        extended_type arraysize delim type_system flag column_description""",
    "interface": """ivoid cap_index:smallint intf_index:smallint intf_type intf_role std_version query_type result_type
        wsdl_url url_use access_url mirror_url authenticated_only:smallint""",
    "intf_param": """ivoid intf_index:smallint name ucd unit utype std:smallint datatype extended_schema extended_type
        arraysize delim param_use param_description""",
    "relationship": "ivoid relationship_type related_id related_name",
    "validation": "ivoid validated_by val_level:smallint cap_index:smallint",
    "res_date": "ivoid date_value:timestamp value_role",
    "res_detail": "ivoid cap_index:smallint detail_xpath detail_value",
    "alt_identifier": "ivoid alt_identifier",
    "stc_spatial": "ivoid coverage:smoc ref_system_name",
    "stc_temporal": "ivoid time_start:double time_end:double",
    "stc_spectral": "ivoid spectral_start:double spectral_end:double",
}
_NO_NUMBER = "<values nullLiteral='-1'/>"
_TYPES = {"double": "double precision"}
#: Of the capabilities' details, those that searches use (RegTAP 1.2, appendix A).
_DETAILS = {"dataModel/@ivo-id": "/capability/dataModel/@ivo-id", "maxSR": "/capability/maxSR"}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def harvest(instance: Instance, prefix: str = "ivo_vor") -> list[Any]:
    """All elements ``record`` that an instance gives over OAI-PMH, part by part."""
    found = []
    arguments = {"metadataPrefix": prefix}
    while arguments:
        with instance.get("/oai.xml", {"verb": "ListRecords", **arguments}) as reply:
            tree = etree.fromstring(reply.read())
        found += tree.findall(".//{http://www.openarchives.org/OAI/2.0/}record")
        token = tree.findtext(".//{http://www.openarchives.org/OAI/2.0/}resumptionToken")
        arguments = {"resumptionToken": token} if token else {}
    return found


def columns(table: str) -> dict[str, str]:
    """Names and types of a table's columns."""
    parts = (column.partition(":") for column in TABLES[table].split())
    return {name: _TYPES.get(kind, kind or "text") for name, _, kind in parts}


def descriptor(rows_file: str) -> str:
    """An RD for DaCHS that makes and fills all tables from a JSON file."""
    return (
        "<resource schema='rr' resdir='rr'><meta name='creationDate'>2026-01-01T00:00:00</meta>"
        "<meta name='title'>RegTAP</meta><meta name='description'>A registry for a test</meta>"
        "<meta name='subject'>virtual-observatories</meta>"
        f"{''.join(_table(table, rows_file) for table in TABLES)}</resource>"
    )


def _table(table: str, rows_file: str) -> str:
    inside = "".join(
        f"<column name='{name}' type='{kind}' description='as in RegTAP 1.2'>"
        f"{_NO_NUMBER if kind in ('smallint', 'bigint') else ''}</column>"
        for name, kind in columns(table).items()
    )
    moc = '<map key="coverage">pgsphere.SMoc.fromASCII(@coverage)</map>' if table == "stc_spatial" else ""
    return f"""<table id='{table}' onDisk='True' adql='True'><meta name='description'>RegTAP</meta>{inside}</table>
<data id='fill_{table}'><sources items={quoteattr(rows_file)}/>
  <embeddedGrammar><iterator><setup imports='json, datetime'/><code>
      for row in json.load(open(self.sourceToken))["{table}"]:
        for key in ("created", "updated", "date_value"):
          if row.get(key):
            row[key] = datetime.datetime.fromisoformat(row[key].rstrip("Z"))
        yield row
  </code></iterator></embeddedGrammar>
  <make table='{table}'><rowmaker idmaps='*'>{moc}</rowmaker></make></data>"""


def load(records: list[Any], source: str) -> Rows:
    """Rows of all tables, of the elements ``record`` of OAI-PMH; inactive and deleted resources are left out."""
    rows: Rows = {table: [] for table in TABLES}
    for record in records:
        resource = record.find(".//{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")
        if resource is not None and resource.get("status") == "active":
            _resource(resource, rows, source)
    return {
        table: [{name: row.get(name) for name in columns(table)} for row in content] for table, content in rows.items()
    }


def _text(element: Any, path: str) -> str | None:
    found = element.findtext(path)
    return " ".join(found.split()) if found is not None else None


def _hashed(element: Any, path: str) -> str:
    return "#".join(part.text.lower() for part in element.findall(path))


def _resource(resource: Any, rows: Rows, source: str) -> None:
    ivoid = resource.findtext("identifier").lower()
    bibcode = resource.find("content/source")
    rows["resource"].append(
        {
            "ivoid": ivoid,
            "res_type": resource.get(XSI).lower(),
            "created": resource.get("created"),
            "updated": resource.get("updated"),
            "short_name": _text(resource, "shortName"),
            "res_title": _text(resource, "title"),
            "content_level": _hashed(resource, "content/contentLevel"),
            "res_description": _text(resource, "content/description"),
            "reference_url": _text(resource, "content/referenceURL"),
            "creator_seq": "; ".join(part.text for part in resource.findall("curation/creator/name")),
            "content_type": _hashed(resource, "content/type"),
            "source_format": None if bibcode is None else bibcode.get("format"),
            "source_value": None if bibcode is None else bibcode.text,
            "waveband": _hashed(resource, "coverage/waveband"),
            "rights": _text(resource, "rights"),
            "rights_uri": None if resource.find("rights") is None else resource.find("rights").get("rightsURI"),
            "harvested_from": source,
        }
    )
    rows["res_subject"] += [{"ivoid": ivoid, "res_subject": part.text} for part in resource.findall("content/subject")]
    rows["res_role"] += [{"ivoid": ivoid, **role} for role in _roles(resource)]
    rows["alt_identifier"] += [{"ivoid": ivoid, "alt_identifier": p.text} for p in resource.findall("altIdentifier")]
    for part in resource.findall("content/relationship"):
        for related in part.findall("relatedResource"):
            target = (related.get("ivo-id") or "").lower() or None
            kind = part.findtext("relationshipType").lower()
            rows["relationship"].append(
                {"ivoid": ivoid, "relationship_type": kind, "related_id": target, "related_name": related.text}
            )
    for part in resource.findall("curation/date"):
        moment = part.text if "T" in part.text else f"{part.text}T00:00:00Z"
        rows["res_date"].append({"ivoid": ivoid, "date_value": moment, "value_role": part.get("role").lower()})
    _capabilities(resource, ivoid, rows)
    _tables(resource, ivoid, rows)
    _coverage(resource, ivoid, rows)


def _roles(resource: Any) -> Iterator[Row]:
    publisher = resource.find("curation/publisher")
    yield {"role_name": publisher.text, "role_ivoid": publisher.get("ivo-id"), "base_role": "publisher"}
    for creator in resource.findall("curation/creator"):
        yield {"role_name": creator.findtext("name"), "logo": creator.findtext("logo"), "base_role": "creator"}
    for contact in resource.findall("curation/contact"):
        yield {
            "role_name": contact.findtext("name"),
            "street_address": contact.findtext("address"),
            "email": contact.findtext("email"),
            "telephone": contact.findtext("telephone"),
            "base_role": "contact",
        }


def _capabilities(resource: Any, ivoid: str, rows: Rows) -> None:
    number = 0
    for index, capability in enumerate(resource.findall("capability"), 1):
        rows["capability"].append(
            {
                "ivoid": ivoid,
                "cap_index": index,
                "cap_type": (capability.get(XSI) or "").lower() or None,
                "cap_description": _text(capability, "description"),
                "standard_id": (capability.get("standardID") or "").lower() or None,
            }
        )
        for path, xpath in _DETAILS.items():
            name, _, attribute = path.partition("/@")
            for part in capability.findall(name):
                value = part.get(attribute) if attribute else part.text
                rows["res_detail"].append(
                    {"ivoid": ivoid, "cap_index": index, "detail_xpath": xpath, "detail_value": value}
                )
        for interface in capability.findall("interface"):
            number += 1
            access = interface.find("accessURL")
            rows["interface"].append(
                {
                    "ivoid": ivoid,
                    "cap_index": index,
                    "intf_index": number,
                    "intf_type": interface.get(XSI).lower(),
                    "intf_role": (interface.get("role") or "").lower() or None,
                    "std_version": interface.get("version"),
                    "query_type": "#".join(part.text.lower() for part in interface.findall("queryType")),
                    "result_type": interface.findtext("resultType"),
                    "url_use": access.get("use"),
                    "access_url": access.text,
                    "authenticated_only": 0,
                }
            )
            rows["intf_param"] += [
                {
                    "ivoid": ivoid,
                    "intf_index": number,
                    "name": parameter.findtext("name"),
                    "ucd": parameter.findtext("ucd"),
                    "unit": parameter.findtext("unit"),
                    "std": int(parameter.get("std") == "true"),
                    "datatype": parameter.findtext("dataType"),
                    "param_description": _text(parameter, "description"),
                }
                for parameter in interface.findall("param")
            ]


def _tables(resource: Any, ivoid: str, rows: Rows) -> None:
    number = 0
    for index, schema in enumerate(resource.findall("tableset/schema"), 1):
        rows["res_schema"].append(
            {
                "ivoid": ivoid,
                "schema_index": index,
                "schema_name": schema.findtext("name"),
                "schema_title": schema.findtext("title"),
                "schema_description": _text(schema, "description"),
                "schema_utype": schema.findtext("utype"),
            }
        )
        for table in schema.findall("table"):
            number += 1
            rows["res_table"].append(
                {
                    "ivoid": ivoid,
                    "schema_index": index,
                    "table_index": number,
                    "table_name": table.findtext("name").lower(),
                    "table_title": table.findtext("title"),
                    "table_description": _text(table, "description"),
                    "table_type": table.get("type"),
                    "table_utype": table.findtext("utype"),
                    "nrows": int(table.findtext("nrows") or 0) or None,
                }
            )
            rows["table_column"] += [
                {
                    "ivoid": ivoid,
                    "table_index": number,
                    "name": column.findtext("name").lower(),
                    "ucd": (column.findtext("ucd") or "").lower() or None,
                    "unit": column.findtext("unit"),
                    "utype": (column.findtext("utype") or "").lower() or None,
                    "std": int(column.get("std") == "true"),
                    "datatype": column.findtext("dataType"),
                    "flag": _hashed(column, "flag"),
                    "column_description": _text(column, "description"),
                }
                for column in table.findall("column")
            ]


def _coverage(resource: Any, ivoid: str, rows: Rows) -> None:
    for part in resource.findall("coverage/spatial"):
        rows["stc_spatial"].append({"ivoid": ivoid, "coverage": part.text, "ref_system_name": part.get("frame")})
    for part in resource.findall("coverage/temporal"):
        start, end = map(float, part.text.split())
        rows["stc_temporal"].append({"ivoid": ivoid, "time_start": start, "time_end": end})
    for part in resource.findall("coverage/spectral"):
        start, end = map(float, part.text.split())
        rows["stc_spectral"].append({"ivoid": ivoid, "spectral_start": start, "spectral_end": end})
