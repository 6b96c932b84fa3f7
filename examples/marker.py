"""Markers: notes that a workflow leaves in its own history, to be read there, or listed by itself.

    $ simpleflow workflow.start --local examples.marker.MarkerWorkflow --input '[]'
    Markers: [<Marker 'marker 1' details='some details'>, <Marker 'marker 2' details="2nd marker's details">]
    Markers, all: ['first details', 'some details', "2nd marker's details"]
    null

Among activities in a chain they tell how far it came:

    $ simpleflow workflow.start --local examples.marker.MarkerInChainWorkflow --input '[]'
    Working
    Markers: [<Marker 'progress' details='done'>]
    Markers, all: ['started', 'done']
    null
"""

from __future__ import annotations

from simpleflow import Workflow, activity, futures
from simpleflow.canvas import Chain


@activity.with_attributes(task_list="quickstart", version="example")
def work() -> None:
    print("Working")


class MarkerWorkflow(Workflow):
    name = "marker"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        futures.wait(
            self.submit(self.record_marker("marker 1", "first details")),
            self.submit(self.record_marker("marker 1", "some details")),
            self.submit(self.record_marker("marker 2", "2nd marker's details")),
        )
        # The last of each name, then every one.
        print(f"Markers: {self.list_markers()}")
        print(f"Markers, all: {[marker.details for marker in self.list_markers(all=True)]}")


class MarkerInChainWorkflow(Workflow):
    name = "marker_in_chain"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        started = self.record_marker("progress", "started")
        done = self.record_marker("progress", "done")
        futures.wait(self.submit(Chain(started, work, done)))
        print(f"Markers: {self.list_markers()}")
        print(f"Markers, all: {[marker.details for marker in self.list_markers(all=True)]}")
