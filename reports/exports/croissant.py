"""The audit as Croissant: a dataset of verdicts in JSON-LD, with the fields for annotation quality.

The formats are MLCommons' Croissant 1.0 (mlcommons.org/croissant/1.0) and Croissant RAI 1.0.
"""

import json

from reports.content import ReportContent
from reports.exports.columns import COLUMNS, Column, ColumnType
from reports.exports.responsible_ai import accuracy_sentences, responsible_fields
from reports.exports.verdict_file import VerdictFile
from reports.json_values import Object
from reports.numbers import time_text
from reports.sentences import status_text

CONTEXT: Object = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification asks every document to carry."""

DATA_TYPES = {
    ColumnType.TEXT: "sc:Text",
    ColumnType.TEXTS: "sc:Text",
    ColumnType.INTEGER: "sc:Integer",
    ColumnType.NUMBER: "sc:Float",
    ColumnType.FLAG: "sc:Boolean",
    ColumnType.TIME: "sc:Date",
}
RECORDS = "verdicts"


def render_croissant(content: ReportContent, file: VerdictFile) -> str:
    """The document; it lies beside the table that it describes."""
    document: Object = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": f"mask-audit verdicts, sample {content.sample}",
        "description": " ".join(
            (
                "Verdicts of people on a random sample of machine-made segmentation masks.",
                status_text(content),
                *accuracy_sentences(content),
            )
        ),
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "dateCreated": time_text(content.created_at),
        "keywords": ["annotation quality", "segmentation masks", "mask-audit"],
        **responsible_fields(content, file),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.name,
                "name": file.name,
                "description": "One row per verdict, setting and annotation.",
                "contentUrl": file.name,
                "contentSize": f"{file.n_bytes} B",
                "encodingFormat": "application/x-parquet",
                "sha256": file.sha256,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": RECORDS,
                "name": RECORDS,
                "description": "The verdicts, and the units that nobody has judged.",
                "field": [_field(column, file) for column in COLUMNS],
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _field(column: Column, file: VerdictFile) -> Object:
    unit = f" Unit: {column.unit}." if column.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{RECORDS}/{column.name}",
        "name": column.name,
        "description": f"{column.meaning}{unit}",
        "dataType": DATA_TYPES[column.type],
        **({"repeated": True} if column.type is ColumnType.TEXTS else {}),
        "source": {"fileObject": {"@id": file.name}, "extract": {"column": column.name}},
    }
