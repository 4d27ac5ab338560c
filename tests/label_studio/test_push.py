"""Pushing to a real server: what it holds then, and what a second push makes of what people did meanwhile."""

import io
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from PIL import Image

from audit.errors import InputError
from audit.jobs.label_studio.image_places import ImageMode, ImagePlacing
from audit.review.label_studio.config import is_same_config, labeling_config
from audit.review.label_studio.tasks import MaskMode
from audit.review.queue import ticket_order
from db.errors import BusyError
from db.label_studio import load_projects, load_tasks
from db.samples import load_mask_units, load_unjudgable
from db.turns import alone
from tests.label_studio.pushing import make_project, n_tasks_of_masks, once, push, tasks_in
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import SmallAudit, add_mentions, small_audit

pytestmark = pytest.mark.label_studio


@pytest.fixture
def audit(tmp_path: Path) -> SmallAudit:
    return small_audit(tmp_path / "workspace")


def noted_tasks(audit: SmallAudit) -> dict[int, str]:
    with audit.store.reading() as transaction:
        projects = load_projects(transaction, audit.sample.sample_id)
        return {
            task.task_number: task.mask_id
            for project in projects
            for task in load_tasks(transaction, project.project_id)
        }


def fetch(server: RunningServer, address: str) -> httpx.Response:
    with server.http_as(server.token) as http:
        return http.get(address)


def test_every_distinct_mask_gets_one_task_with_its_brush_in_the_order_of_its_tickets(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    result = push(audit, label_studio)
    tasks = tasks_in(label_studio, result.project)
    assert (result.is_new, result.n_pushed, result.n_there, result.remarks) == (True, 9, 0, ())
    with audit.store.reading() as transaction:
        mask_units = load_mask_units(transaction, audit.sample.sample_id)
    order = ticket_order(mask_units, seed=audit.sample.seed, reviewer="label-studio")
    assert [task["data"]["item_uid"] for task in tasks] == list(order)
    assert all(len(task["predictions"]) == 1 for task in tasks)
    assert all(task["predictions"][0]["result"][0]["readonly"] for task in tasks)
    assert noted_tasks(audit) == {task["id"]: task["data"]["item_uid"] for task in tasks}


def test_a_new_project_carries_our_config_and_the_readings_that_the_workspace_wants(
    tmp_path: Path, label_studio: RunningServer
) -> None:
    audit = small_audit(tmp_path / "workspace", name="n" * 60, n_mentions=1, first_readings=2)
    project = push(audit, label_studio).project
    with label_studio.http_as(label_studio.token) as http:
        found = http.get(f"/api/projects/{project}").json()
    assert is_same_config(found["label_config"], labeling_config())
    assert (found["maximum_annotations"], found["sampling"]) == (2, "Sequential sampling")
    assert found["title"] == f"Mask audit: {'n' * 38}"


def test_nothing_that_the_server_holds_tells_setting_split_entity_or_file(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    with label_studio.http_as(label_studio.token) as http:
        held = [
            http.get(f"/api/projects/{project}").text,
            http.get(f"/api/projects/{project}/export", params={"exportType": "JSON"}).text,
            http.get(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true").text,
            http.get(f"/api/projects/{project}/file-uploads", params={"all": "true"}).text,
            *(http.get(task["data"]["image"]).text for task in tasks_in(label_studio, project)),
        ]
    assert "what is thing 3?" in held[2]
    assert not [secret for secret in audit.secrets for text in held if secret in text]


def test_pictures_have_the_size_of_their_masks_and_nothing_of_the_file_but_its_pixels(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    tasks = tasks_in(label_studio, push(audit, label_studio).project)
    assert len({task["data"]["image"] for task in tasks}) == 4, "photographs that masks share go up once"
    for task in tasks:
        region = task["predictions"][0]["result"][0]
        with Image.open(io.BytesIO(fetch(label_studio, task["data"]["image"]).content)) as picture:
            assert picture.size == (region["original_width"], region["original_height"]) == (96, 72)
            assert not picture.getexif()


def test_a_second_push_changes_nothing_and_an_extended_sample_adds_its_new_masks_alone(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    first = push(audit, label_studio)
    before = tasks_in(label_studio, first.project)
    again = push(audit, label_studio)
    assert (again.is_new, again.n_pushed, again.n_there) == (False, 0, 9)
    assert tasks_in(label_studio, first.project) == before
    add_mentions(audit, [5, 6])
    grown = push(audit, label_studio)
    assert (grown.project, grown.n_pushed, grown.n_there) == (first.project, 3, 9)
    assert tasks_in(label_studio, first.project)[:9] == before
    assert n_tasks_of_masks(label_studio, first.project) == once(audit)


def test_a_store_that_lost_its_memory_finds_project_and_tasks_again(
    audit: SmallAudit, label_studio: RunningServer, tmp_path: Path
) -> None:
    first = push(audit, label_studio)
    add_mentions(audit, [5])
    # As if pushed from another machine: the server is known by another address here.
    elsewhere = push(audit, label_studio, url=label_studio.url.replace("127.0.0.1", "localhost"))
    assert (elsewhere.project, elsewhere.n_there) == (first.project, 9)
    assert n_tasks_of_masks(label_studio, first.project) == once(audit)


def test_overlay_draws_masks_into_pictures_and_gives_no_prediction(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    result = push(audit, label_studio, mask_mode=MaskMode.OVERLAY)
    tasks = tasks_in(label_studio, result.project)
    assert [task["predictions"] for task in tasks] == 9 * [[]]
    assert len({task["data"]["image"] for task in tasks}) == 9
    assert result.n_overlay == 0, "nothing fell back: it was asked for"
    assert push(audit, label_studio).n_repaired == 0, "a drawn mask needs no brush"


def test_tasks_deleted_by_hand_come_back_and_changed_ones_are_named(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    deleted, changed, *_ = [task["id"] for task in tasks_in(label_studio, project)]
    with label_studio.http_as(label_studio.token) as http:
        http.delete(f"/api/tasks/{deleted}/").raise_for_status()
        data = http.get(f"/api/tasks/{changed}/").json()["data"]
        http.patch(f"/api/tasks/{changed}/", json={"data": {**data, "question": "?"}}).raise_for_status()
        foreign = {"data": {"image": "/data/x.jpg", "question": "?", "item_uid": "nobody's"}}
        http.post(f"/api/projects/{project}/import", json=[foreign]).raise_for_status()
    result = push(audit, label_studio)
    assert result.n_pushed == 1
    assert n_tasks_of_masks(label_studio, project) == once(audit) + Counter(["nobody's"])
    assert deleted not in noted_tasks(audit)
    assert any(f"task {changed} were changed" in each for each in result.remarks)
    assert any("show no mask of this sample" in each for each in result.remarks)


def test_masks_whose_predictions_were_deleted_by_hand_are_shown_again(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    first = tasks_in(label_studio, project)
    with label_studio.http_as(label_studio.token) as http:
        action = {"selectedItems": {"all": True, "excluded": []}}
        query = {"id": "delete_tasks_predictions", "project": project}
        http.post("/api/dm/actions", params=query, json=action).raise_for_status()
    assert [task["predictions"] for task in tasks_in(label_studio, project)] == 9 * [[]]
    assert push(audit, label_studio).n_repaired == 9
    repaired = tasks_in(label_studio, project)
    assert [task["id"] for task in repaired] == [task["id"] for task in first]
    results = [[task["predictions"][0]["result"] for task in tasks] for tasks in (first, repaired)]
    assert results[0] == results[1]


def test_surplus_copies_go_and_whatever_somebody_has_annotated_or_skipped_stays(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    tasks = tasks_in(label_studio, project)
    copies = [{"data": task["data"], "predictions": []} for task in tasks[:3]]
    with label_studio.http_as(label_studio.token) as http:
        http.post(f"/api/projects/{project}/import", json=copies).raise_for_status()
        plain, judged, skipped = (task["id"] for task in tasks_in(label_studio, project)[9:])
        for task, is_skip in ((judged, False), (skipped, True), (tasks[2]["id"], False)):
            annotation = {"result": [], "was_cancelled": is_skip}
            http.post(f"/api/tasks/{task}/annotations/", json=annotation).raise_for_status()
    result = push(audit, label_studio)
    left = {task["id"] for task in tasks_in(label_studio, project)}
    assert plain not in left, "nobody was at the copy"
    assert judged in left, "somebody was at the copy alone"
    assert tasks[1]["id"] not in left
    assert {skipped, tasks[2]["id"]} <= left, "somebody was at both"
    assert (result.n_surplus_removed, result.n_duplicates) == (2, 1)
    assert any(f"task {skipped} show the mask of another task" in each for each in result.remarks)


def test_an_empty_project_that_is_named_is_given_what_it_lacks(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    number = make_project(label_studio, title="by hand", description="Ours.", show_collab_predictions=False)
    result = push(audit, label_studio, project=number)
    assert (result.project, result.is_new, result.n_pushed) == (number, False, 9)
    with label_studio.http_as(label_studio.token) as http:
        found = http.get(f"/api/projects/{number}").json()
    assert is_same_config(found["label_config"], labeling_config())
    assert found["title"] == "by hand"
    assert found["description"].startswith("Ours. [mask-audit ")
    assert found["show_collab_predictions"]
    assert push(audit, label_studio).project == number, "it is the sample's own from now on"


def test_a_project_that_does_not_fit_is_refused_with_what_to_do(
    audit: SmallAudit, label_studio: RunningServer, tmp_path: Path
) -> None:
    other = (
        '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="x"/></Choices></View>'
    )
    another_config = make_project(label_studio, title="another config", label_config=other)
    with pytest.raises(InputError, match=r"another labeling config .* Labeling Interface > Code"):
        push(audit, label_studio, project=another_config)
    with_tasks = make_project(label_studio, title="with tasks", label_config=labeling_config())
    foreign = {"data": {"image": "/data/x.jpg", "question": "?", "item_uid": "nobody's"}}
    with label_studio.http_as(label_studio.token) as http:
        http.post(f"/api/projects/{with_tasks}/import", json=[foreign]).raise_for_status()
    for _ in range(2):
        with pytest.raises(InputError, match="holds 1 tasks that show no mask of this sample"):
            push(audit, label_studio, project=with_tasks)
    with pytest.raises(InputError, match="--project 99999999: there is no such project"):
        push(audit, label_studio, project=99999999)
    of_another = push(small_audit(tmp_path / "other", n_mentions=1), label_studio).project
    with pytest.raises(InputError, match="holds the masks of another sample"):
        push(audit, label_studio, project=of_another)
    assert not noted_tasks(audit)


def test_a_config_that_was_changed_since_is_refused_until_it_is_put_back(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    changed = fromstring(labeling_config())
    changed.set("style", "color: red")
    with label_studio.http_as(label_studio.token) as http:
        from xml.etree.ElementTree import tostring

        http.patch(
            f"/api/projects/{project}", json={"label_config": tostring(changed, "unicode")}
        ).raise_for_status()
        with pytest.raises(InputError, match="another labeling config"):
            push(audit, label_studio)
        http.patch(f"/api/projects/{project}", json={"label_config": labeling_config()}).raise_for_status()
    assert push(audit, label_studio).n_there == 9


def test_a_project_that_was_deleted_is_made_anew(audit: SmallAudit, label_studio: RunningServer) -> None:
    first = push(audit, label_studio).project
    with label_studio.http_as(label_studio.token) as http:
        http.delete(f"/api/projects/{first}/").raise_for_status()
    result = push(audit, label_studio)
    assert result.is_new
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)


def test_masks_that_cannot_be_shown_are_noted_and_no_project_is_made_for_them_alone(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    photographs = audit.workspace.settings.folder / "photographs-secret"
    for each in ("chelsea", "astronaut", "coffee"):
        (photographs / f"{each}_secret.jpg").write_bytes(b"no image")
    result = push(audit, label_studio)
    assert (result.n_pushed, result.n_unjudgable) == (2, 7)
    with audit.store.reading() as transaction:
        assert len(load_unjudgable(transaction, audit.sample.sample_id)) == 7
    assert "7 masks cannot be shown and are noted as unjudgable" in result.remarks


def test_no_project_is_made_where_no_mask_can_be_shown(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    for each in (audit.workspace.settings.folder / "photographs-secret").iterdir():
        each.write_bytes(b"no image")
    with label_studio.http_as(label_studio.token) as http:
        before = http.get("/api/projects/").json()["count"]
        with pytest.raises(
            InputError, match=r"no mask of sample main can be shown: the image file is broken"
        ):
            push(audit, label_studio)
        assert http.get("/api/projects/").json()["count"] == before


def test_a_wrong_token_is_refused_and_not_shown(audit: SmallAudit, label_studio: RunningServer) -> None:
    wrong = RunningServer(folder=label_studio.folder, port=label_studio.port, token="0" * 39 + "f")
    with pytest.raises(InputError, match="does not accept the token") as refused:
        push(audit, wrong)
    assert wrong.token not in str(refused.value)


def test_a_second_push_at_the_same_time_is_refused(audit: SmallAudit, label_studio: RunningServer) -> None:
    work = f"label-studio push of {audit.sample.name}"
    with alone(audit.store, work, wait_seconds=0), pytest.raises(BusyError, match="another process is at it"):
        push(audit, label_studio)


def test_two_databases_alike_push_each_mask_once(
    store_url: str, tmp_path: Path, label_studio: RunningServer
) -> None:
    audit = small_audit(tmp_path / "workspace", store_url=store_url, n_mentions=2)
    project = push(audit, label_studio).project
    work = f"label-studio push of {audit.sample.name}"
    with alone(audit.store, work, wait_seconds=0), pytest.raises(BusyError):
        push(audit, label_studio)
    assert push(audit, label_studio).n_there == 4
    assert n_tasks_of_masks(label_studio, project) == once(audit)
    audit.store.close()


def test_local_images_are_served_from_the_folder_to_who_is_signed_in(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    folder = label_studio.files / f"images {audit.sample.population_fingerprint[:8]}"
    folder.mkdir()
    images = ImagePlacing(mode=ImageMode.LOCAL, folder=folder, document_root=str(label_studio.files))
    tasks = tasks_in(label_studio, push(audit, label_studio, images=images).project)
    assert len(list(folder.iterdir())) == 4
    for task in tasks:
        answer = fetch(label_studio, task["data"]["image"])
        assert answer.status_code == 200
        assert answer.content in [each.read_bytes() for each in folder.iterdir()]
        assert httpx.get(f"{label_studio.url}{task['data']['image']}").status_code == 401


def test_a_folder_that_the_server_does_not_serve_is_explained(
    audit: SmallAudit, label_studio: RunningServer, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    images = ImagePlacing(mode=ImageMode.LOCAL, folder=outside)
    with pytest.raises(InputError, match=r"LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to a folder above"):
        push(audit, label_studio, images=images)


def test_images_by_url_are_written_to_the_folder_and_named_by_their_address(
    audit: SmallAudit, label_studio: RunningServer, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    images = ImagePlacing(mode=ImageMode.URL, folder=folder, url="https://images.example.org/masks/")
    tasks = tasks_in(label_studio, push(audit, label_studio, images=images).project)
    names = {each.name for each in folder.iterdir()}
    assert {task["data"]["image"] for task in tasks} == {
        f"https://images.example.org/masks/{name}" for name in names
    }
