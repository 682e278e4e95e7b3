"""Reads bodies of OTLP/HTTP requests, one JSON text per file, as OpenTelemetry's own protocol buffers do.

Prints one JSON line per log record. A field that the protocol does not have is an error.
"""

import json
import sys
from pathlib import Path

from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest


def read_value(value):
    return getattr(value, value.WhichOneof("value"))


def read_attributes(attributes):
    return {attribute.key: read_value(attribute.value) for attribute in attributes}


for path in sys.argv[1:]:
    request = Parse(Path(path).read_text(encoding="utf-8"), ExportLogsServiceRequest())
    # What can be read must also survive the binary form, which most receivers pass on.
    request = ExportLogsServiceRequest.FromString(request.SerializeToString())
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            for record in scope_logs.log_records:
                print(
                    json.dumps(
                        {
                            "resource": read_attributes(resource_logs.resource.attributes),
                            "scope": scope_logs.scope.name,
                            "event": record.event_name,
                            "time": str(record.time_unix_nano),
                            "body": read_value(record.body),
                            "attributes": read_attributes(record.attributes),
                        }
                    )
                )
