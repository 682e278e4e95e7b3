"""Reads all runs of an experiment with MLflow's own client and prints one JSON line per run.

`read_mlflow_runs.py URL EXPERIMENT`
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.tracking import MlflowClient

client = MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])
for run in client.search_runs([experiment.experiment_id], max_results=1000):
    run_id = run.info.run_id
    with TemporaryDirectory() as folder:
        artifacts = {
            file.path: Path(client.download_artifacts(run_id, file.path, folder)).read_text()
            for file in client.list_artifacts(run_id)
        }
    print(
        json.dumps(
            {
                "id": run_id,
                "name": run.info.run_name,
                "status": run.info.status,
                "start": run.info.start_time,
                "end": run.info.end_time,
                "params": run.data.params,
                "metrics": run.data.metrics,
                "tags": run.data.tags,
                "history": len(client.get_metric_history(run_id, "soft_accuracy")),
                "artifacts": artifacts,
            }
        )
    )
