"""Prints the error rate of every edge of the mesh whenever it changes. pip install kafka-python lz4; argument: Kafka's host:port."""
import json
import sys

from kafka import KafkaConsumer

kafka = KafkaConsumer(
    "service_graph",
    bootstrap_servers=sys.argv[1],
    group_id="error-rates-python",
    auto_offset_reset="earliest",
)
for record in kafka:
    if record.value is not None:  # An edge without a value has left the graph.
        edge = json.loads(record.value)
        share, rate = edge.get("successShare"), edge.get("requestRate")  # Absent where there was no traffic.
        errors = 0 if share is None else 1 - share
        print(f"{record.key.decode():<50} {100 * errors:5.1f} % of {rate or 0:.1f}/s", flush=True)
