"""Reads, makes and verifies over the API. LAUREL_URL and LAUREL_KEY say where and with which key."""

import json
import os

from laurel import Laurel, LaurelProblem

laurel = Laurel(os.environ["LAUREL_URL"], os.environ["LAUREL_KEY"])
print("a key of", laurel.about_key()["institution"])

issued = list(laurel.every(laurel.list_awards, state="issued", limit="10"))
assert len(issued) > 10, "the demonstration has more than a page of awards"

award = {"person": issued[0]["person"]["id"], "achievement": issued[0]["achievement"]["id"], "awardedOn": "2026-05-20", "term": "Spring 2026"}
tried = laurel.make_awards({"awards": [award]}, dry_run="true")
print("would be", tried["rows"][0]["state"])
made = laurel.make_awards({"awards": [award]}, idempotency_key="example-py")
assert laurel.make_awards({"awards": [award]}, idempotency_key="example-py") == made, "a repeated request has the same answer"

draft = laurel.read_award(made["rows"][0]["award"])
version = laurel.etag
assert laurel.change_award(draft["id"], {"term": "Summer 2026"}, version)["term"] == "Summer 2026"
try:
    laurel.change_award(draft["id"], {"term": "Autumn 2026"}, version)
    raise SystemExit("a change of a version that is no more went through")
except LaurelProblem as problem:
    print(problem.status, problem)

record = json.loads(laurel.read_record(issued[0]["person"]["id"]))
report = laurel.verify({"inputs": [record]})
print("the record is", report["reports"][0]["verdict"])
assert report["reports"][0]["verdict"] == "verified"
