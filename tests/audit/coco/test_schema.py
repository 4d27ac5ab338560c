from hypothesis import given
from hypothesis import strategies as st

from audit.coco.schema import MAX_EXAMPLES, Action, Problem, ProblemKind, ProblemTally

findings = st.lists(st.tuples(st.sampled_from(list(ProblemKind)), st.text(max_size=3)), max_size=30)


def tallied(found) -> ProblemTally:
    tally = ProblemTally()
    for kind, element_id in found:
        tally.add(kind, element_id)
    return tally


@given(findings)
def test_a_tally_counts_everything_and_names_the_first(found):
    for problem in tallied(found).problems():
        ids = [element_id for kind, element_id in found if kind is problem.kind]
        assert problem == Problem(kind=problem.kind, n=len(ids), example_ids=tuple(ids[:MAX_EXAMPLES]))
    assert sum(problem.n for problem in tallied(found).problems()) == len(found)


@given(findings, findings)
def test_stretches_of_a_file_merge_into_the_account_of_the_whole(earlier, later):
    merged = tallied(earlier)
    merged.merge(tallied(later))
    assert merged.problems() == tallied(earlier + later).problems()


def test_every_kind_has_its_own_sentence_and_an_action():
    sentences = [kind.sentence for kind in ProblemKind]
    assert len(set(sentences)) == len(sentences)
    assert all(isinstance(kind.action, Action) for kind in ProblemKind)
    assert all(not sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
