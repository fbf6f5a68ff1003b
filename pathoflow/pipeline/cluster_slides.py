"""One slide as a task of a cluster: its owner analyses it, tells how far it is, and answers with the outcome."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, replace

from pathoflow.errors import EnvironmentFault, NetworkError, PathoflowError
from pathoflow.pipeline.batch import Outcome, SlideJob, run_one
from pathoflow.pipeline.cluster_blocks import SpreadBlocks
from pathoflow.pipeline.cluster_worker import Kit, check_wanted, pause_aside
from pathoflow.pipeline.progress import Step
from pathoflow.pipeline.run import Hands

#: Steps of all slides travel under this name, each with the name of its run.
TOPIC = "pathoflow"
# Further news of the same step are not sent sooner than this.
_QUIET_S = 0.2


@dataclass(frozen=True)
class Refusal:
    """A worker could not even begin: it lacks something that is no fault of the slide."""

    worker: str
    fault: PathoflowError


def analyse_slide(job: SlideJob, kit: Kit) -> Outcome | Refusal:
    """Analyse one slide on this worker, with the help of others; a task of any worker.

    A task that is run again, because its worker died, goes on from the ledger. What is wrong with the slide is an
    answer and not an error: it would be as wrong on another worker.
    """
    from distributed import get_worker

    try:
        kit.check_machine(job.path)
        hands = Hands(SpreadBlocks(job.path, kit), pause_aside)
        outcome = run_one(job, kit.ready(), _Told(kit.run), hands)
    except (NetworkError, EnvironmentFault) as fault:
        return Refusal(get_worker().address, fault)
    return replace(outcome, error=outcome.error and travelling(outcome.error))


class _Told:
    """Sends steps to whoever gave the command; stops a slide that nobody waits for."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._last, self._at = "", 0.0

    def __call__(self, step: Step) -> None:
        from distributed import get_worker

        check_wanted()
        now = time.monotonic()
        if step.name == self._last and now - self._at < _QUIET_S and step.done < step.total:
            return
        self._last, self._at = step.name, now
        get_worker().log_event(TOPIC, [self._run, step.slide_id, step.name, step.done, step.total])


def travelling(error: Exception) -> Exception:
    """``error`` as it can be sent: its traceback as a note, and of foreign kinds only their words."""
    where = "".join(traceback.format_exception(error))
    if not isinstance(error, PathoflowError):
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"On the worker:\n{where}")
    return error
