"""Where the report lies in a bundle."""

REPORT_FOLDER = "report"
REPORT_JSON = f"{REPORT_FOLDER}/report.json"
