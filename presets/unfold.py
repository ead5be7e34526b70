"""unfold.py: watch and steer a training loop from the terminal dashboard `unfold`.

    import unfold
    watch = unfold.watch(model, optimizer)      # any torch module
    for batch in watch.steps(loader):           # waits while paused, ends on stop
        loss = ...
        watch.log(loss=loss, grad_norm=norm)    # numbers, in any names

Started by `unfold run -- python train.py`, the loop has the whole dashboard: pause, step, knobs,
snapshots, typed text, hidden states and gradients back through time. Started without it, it writes
one JSON object a line and nothing else changes. `unfold.watch()` alone serves any loop, with or
without torch.

Nothing here changes what is trained: no random number is drawn, no gradient is touched, and what a
probe switches over is put back. Probes run only when a dashboard asks, for at most 1 % of the time.

One file, standard library only, Python 3.9 or later. Place it beside your script:
`unfold python > unfold.py`. This file is in the public domain (CC0).
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import inspect
import json
import math
import os
import select
import socket
import stat
import sys
import tempfile
import time
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, TypeVar

__all__ = ["watch", "Watch", "Knob", "Stop", "trainer_callback", "lightning_callback", "keras_callback"]
__version__ = "1"

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])

PROTOCOL = 1
_PROBE_SHARE = 0.01  # of the time that passes while training
_PENDING_LIMIT = 64 << 20  # bytes that wait for a dashboard that does not read
_FLUSH_SECONDS = 0.1  # between lines of numbers; answers to a key are sent at once


class Stop(SystemExit):
    """Raised by `Watch.log` in a loop without `Watch.steps` when the dashboard asks it to stop."""


class Knob:
    """A number that the dashboard can set. Read `value` where it is used."""

    def __init__(self, key: str, value: float, kind: str = "factor",
                 apply: Optional[Callable[[float], None]] = None) -> None:
        self.key = key
        self.value = value
        self.kind = kind
        self._apply = apply

    def set(self, value: float) -> None:
        if self._apply is not None:
            self._apply(value)
        self.value = value

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"Knob({self.key!r}, {self.value!r})"


# MARK: The line to the dashboard


class _Line:
    """A connected socket, or nothing: sends without waiting, and hears commands."""

    def __init__(self) -> None:
        self.socket = _connect()
        self.inbox = None if self.socket is None else select.poll()
        if self.inbox is not None:
            self.inbox.register(self.socket, select.POLLIN)
        self.process = os.getpid()
        self.pending = bytearray()
        self.incoming = bytearray()
        self.lost = 0
        self.sent = 0.0

    @property
    def is_open(self) -> bool:
        # A forked worker shares the descriptor, and must leave it alone.
        return self.socket is not None and os.getpid() == self.process

    def send(self, event: Any, frame: bool = False) -> None:
        """Lays an event, or a line that is encoded already, aside for `flush`."""
        if not self.is_open:
            return
        if len(self.pending) > (_PENDING_LIMIT // 8 if frame else _PENDING_LIMIT):
            self.lost += 1
            return
        self.pending += event if isinstance(event, bytes) else _encode(event)

    def flush(self, wait: float = 0.0) -> None:
        """Hands over what the other end takes; waits that many seconds at most."""
        if not self.is_open:
            return
        end = time.monotonic() + wait
        while self.pending:
            try:
                taken = self.socket.send(self.pending[: 1 << 16])
                del self.pending[:taken]
            except (BlockingIOError, InterruptedError):
                left = end - time.monotonic()
                if left <= 0:
                    break
                select.select([], [self.socket], [], left)
            except OSError:
                return self.close()
        self.sent = time.monotonic()
        if not self.pending and self.lost:
            lost, self.lost = self.lost, 0
            self.send({"event": "warning", "step": 0, "kind": "output",
                       "text": f"{lost} lines were not taken by the dashboard and are lost"})

    def hear(self, wait: Optional[float] = 0.0) -> List[Dict[str, Any]]:
        """Commands that came. `wait` None waits for one; the end of the line ends the wait."""
        if not self.is_open:
            return []
        # Asking first costs less than a reading that is refused, and every step asks.
        if not self.inbox.poll(None if wait is None else 1000 * wait):
            return []
        try:
            data = self.socket.recv(1 << 16)
            if not data:
                self.close()
                return []
            self.incoming += data
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.close()
            return []
        if len(self.incoming) > 1 << 20 and b"\n" not in self.incoming:
            self.incoming.clear()
        commands = []
        while b"\n" in self.incoming:
            line, _, rest = self.incoming.partition(b"\n")
            self.incoming = bytearray(rest)
            try:
                command = json.loads(line)
            except ValueError:
                continue
            if isinstance(command, dict) and isinstance(command.get("command"), str):
                commands.append(command)
        return commands

    def close(self) -> None:
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.close()
        self.socket = None
        self.pending.clear()


def _connect() -> Optional[socket.socket]:
    """The socket that `unfold run` left us: by number, or by name where a launcher closed it."""
    number = os.environ.get("UNFOLD_FD", "")
    path = os.environ.get("UNFOLD_SOCKET", "")
    if int(os.environ.get("RANK", "0") or 0) != 0:
        return None
    if number.isdigit():
        try:
            if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
                found = socket.socket(fileno=os.dup(int(number)))
                found.setblocking(False)
                found.getpeername()
                return found
        except OSError:
            pass
    if path:
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            found.settimeout(5)
            found.connect(path)
            found.setblocking(False)
            return found
        except OSError:
            found.close()
    return None


_JSON = json.JSONEncoder(allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _encode(event: Dict[str, Any]) -> bytes:
    try:
        text = _JSON.encode(event)
    except ValueError:
        text = _JSON.encode(_finite(event))
    return text.encode("utf-8", "replace") + b"\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


# MARK: The loop


class Watch:
    """What a training loop tells, and what it is asked. Made by `unfold.watch`."""

    def __init__(self, model: Any = None, optimizer: Any = None, scheduler: Any = None, *,
                 name: Optional[str] = None, total_steps: Optional[int] = None,
                 clip_norm: Optional[float] = None, symbols: Any = None,
                 log: Any = None) -> None:
        self.step = 0
        self.stopped = False
        self.paused = False
        self._line = _Line()
        self._process = os.getpid()
        self._log_file, self._closes_log = self._opened(log)
        self._model, self._optimizer, self._scheduler = model, optimizer, scheduler
        self._name, self._total = name, total_steps
        self._knobs: Dict[str, Knob] = {}
        self._snapshot: Optional[Callable[..., Any]] = None
        self._samples: Optional[Callable[..., Any]] = None
        self._read: Optional[Callable[[str], Any]] = None
        self._said: Optional[Tuple[Any, ...]] = None
        self._in_steps = False
        self._steps_left: Optional[int] = None
        self._interests: frozenset = frozenset()
        self._request: Dict[str, Any] = {}
        self._deferred: List[Tuple[int, float, Dict[str, Any]]] = []
        self._began = time.monotonic()
        self._waited = 0.0
        self._finished = False
        self._budget = _Budget(self)
        self._looked_at: Any = None
        self._probes = _Probes(self, model, optimizer, symbols) if _is_module(model) else None
        self._ranks = _Ranks()
        self._make_knobs(clip_norm)
        atexit.register(self.finish)

    def _opened(self, log: Any) -> Tuple[Any, bool]:
        if self._line.is_open or log is False or int(os.environ.get("RANK", "0") or 0) != 0:
            return None, False
        if log is None or log is True:
            return sys.stdout, False
        return (log, False) if hasattr(log, "write") else (open(log, "a", encoding="utf-8"), True)

    # What a dashboard can change

    def knob(self, name: str, value: float, kind: Optional[str] = None) -> Knob:
        """A number of your own that the dashboard can set: use the result's `value`."""
        if name in self._knobs:
            return self._knobs[name]
        number = float(value)
        knob = Knob(name, number, kind or ("factor" if number > 0 else "share"))
        self._knobs[name] = knob
        return knob

    def snapshot(self, function: Function) -> Function:
        """Registers what saves the run: called with a path, for the snapshot key."""
        self._snapshot = function
        return function

    def samples(self, function: Function) -> Function:
        """Registers what writes samples: returns a text or several, given the temperature if it
        takes an argument."""
        self._samples = function
        return function

    def read(self, function: Function) -> Function:
        """Registers what reads a typed text: returns a text, or a dict with `answer` and
        `alternatives` (pairs of a label and a probability)."""
        self._read = function
        return function

    def clip(self, parameters: Any = None) -> float:
        """Clips gradients to the knob `clip-norm` and returns their norm before."""
        import torch
        if parameters is None:
            parameters = [p for p in self._model.parameters() if p.grad is not None]
        knob = self._knobs.get("clip-norm")
        limit = float(knob.value) if knob is not None else math.inf
        return float(torch.nn.utils.clip_grad_norm_(parameters, limit))

    def _make_knobs(self, clip_norm: Optional[float]) -> None:
        groups = getattr(self._optimizer, "param_groups", None)
        if groups:
            self._group_knob("learning-rate", "lr")
            for key, name in (("weight-decay", "weight_decay"), ("momentum", "momentum")):
                if isinstance(groups[0].get(name), (int, float)) and groups[0][name] > 0:
                    self._group_knob(key, name)
        if clip_norm is not None:
            self._knobs["clip-norm"] = Knob("clip-norm", float(clip_norm))

    def _group_knob(self, key: str, name: str) -> None:
        groups = self._optimizer.param_groups

        def apply(value: float) -> None:
            old = float(groups[0][name])
            ratio = value / old if old else None
            for group in groups:
                # Groups keep their proportions, and schedules go on from the new rate.
                new = float(group[name]) * ratio if ratio is not None else value
                _assign(group, name, new)
                if name == "lr" and ratio is not None and "initial_lr" in group:
                    _assign(group, "initial_lr", float(group["initial_lr"]) * ratio)
            if name == "lr" and ratio is not None:
                base = getattr(self._scheduler, "base_lrs", None)
                if isinstance(base, list):
                    self._scheduler.base_lrs = [float(rate) * ratio for rate in base]

        self._knobs[key] = _GroupKnob(key, groups, name, apply)

    # Telling

    def log(self, step: Optional[int] = None, **numbers: Any) -> None:
        """Tells numbers of this step, in any names: floats, or tensors of one number."""
        if os.getpid() != self._process:
            return
        if step is not None:
            self.step = int(step)
        elif not self._in_steps:
            self.step += 1
        told = {name: _kept(value) for name, value in numbers.items()}
        rate = self._knobs.get("learning-rate")
        if rate is not None and "learning_rate" not in told and "lr" not in told:
            told["learning_rate"] = rate.value
        self._hello()
        self._deferred.append((self.step, time.monotonic() - self._began - self._waited, told))
        now = time.monotonic()
        if self._line.is_open:
            if now - self._line.sent >= _FLUSH_SECONDS or len(self._deferred) >= 4096:
                self._flush()
        else:
            self._flush()
        if not self._in_steps:
            self._between_steps()
            if self.stopped:
                self.finish()
                raise Stop(0)

    def validation(self, loss: Any, metric: Any = None) -> None:
        """Tells the loss, and the task's own measure, on held-out data."""
        event: Dict[str, Any] = {"event": "validation", "step": self.step, "loss": _number(loss)}
        if metric is not None:
            event["metric"] = _number(metric)
        self._hello()
        self._flush()
        self._tell(event)

    def steps(self, loader: Iterable[T]) -> Iterator[T]:
        """Hands out a loader's batches, one a step: waits while paused, ends on stop."""
        self._hello()
        nested, self._in_steps = self._in_steps, True
        try:
            for batch in loader:
                self._between_steps()
                if self.stopped:
                    return
                self.step += 1
                yield batch
            # The last batch's step is over as well.
            self._between_steps(is_last=True)
        finally:
            self._in_steps = nested
            self._flush()

    def finish(self, reason: Optional[str] = None) -> None:
        """Tells the run's end. Called by itself when the program ends."""
        if self._finished or os.getpid() != self._process:
            return
        self._finished = True
        with contextlib.suppress(Exception):
            self._flush()
            self._tell({"event": "finished", "step": self.step,
                        "reason": reason or ("stopped" if self.stopped else "completed"),
                        "elapsed": self._elapsed()})
            self._line.flush(wait=2.0)
        self._ranks.close()
        if self._closes_log:
            with contextlib.suppress(Exception):
                self._log_file.close()

    def _elapsed(self) -> float:
        return time.monotonic() - self._began - self._waited

    def _tell(self, event: Any, frame: bool = False) -> None:
        if self._line.is_open:
            self._line.send(event, frame=frame)
            if not frame:
                self._line.flush()
        elif self._log_file is not None and isinstance(event, dict) and (
                event.get("event") in (None, "validation")):
            # Nobody steers: only numbers are worth a line.
            with contextlib.suppress(OSError, ValueError):
                self._log_file.write(_encode(event).decode("utf-8"))
                self._log_file.flush()

    def _flush(self) -> None:
        for step, elapsed, numbers in self._deferred:
            line: Dict[str, Any] = {"step": step}
            for name, value in numbers.items():
                number = _number(value)
                if number is not None:
                    line[name] = number
            line["elapsed"] = round(elapsed, 6)
            if self._line.is_open:
                self._line.send(line)
            else:
                self._tell(line)
        self._deferred.clear()
        self._line.flush()

    def _hello(self) -> None:
        """Says what this loop can do: first, and again when that grows."""
        mark = (len(self._knobs), self._snapshot is None, self._read is None, self._samples is None)
        if mark == self._said or not self._line.is_open:
            return
        can = ["pause", "step", "stop"]
        if self._knobs:
            can.append("set")
        if self._snapshot is not None or _is_module(self._model):
            can.append("snapshot")
        if self._read is not None:
            can.append("read")
        if self._probes is not None or self._samples is not None:
            can.append("watch")
        is_first, self._said = self._said is None, mark
        self._line.send({
            "event": "hello", "protocol": PROTOCOL, "can": can,
            "knobs": [{"key": k.key, "value": k.value, "kind": k.kind} for k in self._knobs.values()],
        })
        if is_first:
            self._line.send(self._description())
            self._line.send({"event": "state", "state": "training"})
        self._line.flush()

    def _description(self) -> Dict[str, Any]:
        script = os.path.splitext(os.path.basename(sys.argv[0] or "job"))[0] or "job"
        event: Dict[str, Any] = {
            "event": "started", "name": self._name or script,
            "title": self._name or script, "lossUnit": "unknown", "targetName": "step",
        }
        if self._total is not None:
            event["totalSteps"] = int(self._total)
        if self._optimizer is not None:
            event["optimizer"] = type(self._optimizer).__name__
        if _is_module(self._model):
            event["parameterCount"] = sum(p.numel() for p in self._model.parameters())
            event["network"] = self._probes.network if self._probes else type(self._model).__name__
        rate = self._knobs.get("learning-rate")
        if rate is not None:
            event["learningRate"] = rate.value
        clip = self._knobs.get("clip-norm")
        if clip is not None:
            event["clipNorm"] = clip.value
        event["readsText"] = self._read is not None
        return event

    # Being asked

    def _between_steps(self, is_last: bool = False) -> None:
        if os.getpid() != self._process:
            return
        if self._line.is_open:
            if self._steps_left is not None:
                self._steps_left -= 1
                if self._steps_left <= 0:
                    self._pause()
            for command in self._line.hear():
                self._obey(command)
            self._look(force=self._steps_left is not None)
        self._ranks.agree(self)
        while self.paused and not self.stopped and not is_last:
            self._wait()
        if self._probes is not None and self._steps_left is not None:
            self._probes.arm(self._interests)
        if self.stopped:
            self._flush()

    def _wait(self) -> None:
        """Waits for a command. Without a dashboard nobody could end a pause, so it ends."""
        began = time.monotonic()
        self._flush()
        is_searching = self._probes is not None and self._probes.search is not None
        for command in self._line.hear(wait=0.0 if is_searching else 1.0):
            self._obey(command)
        if not self._line.is_open and not self._ranks.follows:
            self.paused = False
        if self.paused:
            self._look(force=True)
        self._ranks.agree(self)
        self._waited += time.monotonic() - began

    def _pause(self) -> None:
        self._steps_left = None
        if not self.paused:
            self.paused = True
            self._flush()
            self._tell({"event": "state", "state": "paused"})
            self._look(force=True)

    def _resume(self) -> None:
        if self.paused:
            self.paused = False
            self._tell({"event": "state", "state": "training"})

    def _obey(self, command: Dict[str, Any]) -> None:
        what = command["command"]
        try:
            if what == "pause":
                self._pause()
            elif what == "resume":
                self._steps_left = None
                self._resume()
            elif what == "step":
                self._steps_left = max(1, int(command.get("count") or 1))
                self._resume()
            elif what == "set":
                self._set(str(command.get("key", "")), command.get("value"))
            elif what == "snapshot":
                self._save()
            elif what == "stop":
                self.stopped = True
                self._steps_left = None
            elif what == "watch":
                self._interests = frozenset(map(str, command.get("interests") or ()))
                self._request = command
                if self.paused:
                    self._look(force=True)
            elif what == "read":
                self._answer(str(command.get("text", "")))
            else:
                self._refuse(f"this job does not know the command {what}")
        except Exception as problem:  # whatever a person's own function raises
            self._refuse(f"{what}: {type(problem).__name__}: {problem}")

    def _refuse(self, text: str) -> None:
        self._tell({"event": "refused", "text": text})

    def _set(self, key: str, value: Any) -> None:
        knob = self._knobs.get(key) or self._knobs.get(key.rsplit(".", 1)[-1])
        if knob is None:
            known = ", ".join(self._knobs) or "none"
            return self._refuse(f"there is no knob {key}; this job has {known}")
        try:
            new = float(value)
        except (TypeError, ValueError):
            return self._refuse(f"{knob.key}: {value!r} is no number")
        if not math.isfinite(new) or (knob.key == "learning-rate" and new <= 0):
            return self._refuse(f"{knob.key} must be finite and above 0, not {value}")
        old = float(knob.value)
        knob.set(new)
        label = knob.key.replace("-", " ").replace("_", " ")
        event = {"event": "command", "step": self.step, "elapsed": self._elapsed(),
                 "name": knob.key, "text": f"{label} {old:.6g} \u2192 {new:.6g}", "value": new,
                 "previous": repr(old)}
        if knob.key == "learning-rate" and old > 0:
            event["marker"] = f"lr \u00f7{old / new:.3g}" if new < old else f"lr \u00d7{new / old:.3g}"
        self._tell(event)

    def _save(self) -> None:
        directory = os.environ.get("UNFOLD_DIR", ".")
        directory = os.path.join(directory, "snapshots")
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, f"{self.step:06d}.pt")
        if self._snapshot is not None:
            with _as_it_was(self._model):
                result = self._snapshot(path)
            path = result if isinstance(result, str) else path
        elif _is_module(self._model):
            import torch
            state = {"step": self.step, "model": self._model.state_dict()}
            if self._optimizer is not None:
                state["optimizer"] = self._optimizer.state_dict()
            torch.save(state, path + ".part")
            os.replace(path + ".part", path)
        else:
            return self._refuse("this job did not say how it is saved: watch.snapshot(function)")
        size = os.path.getsize(path) if os.path.isfile(path) else 0
        self._tell({"event": "snapshot", "step": self.step, "path": path, "bytes": size,
                    "reason": "requested"})

    def _answer(self, text: str) -> None:
        if self._read is None:
            return self._refuse("this job reads no text: watch.read(function)")
        with _as_it_was(self._model):
            result = self._read(text)
        event: Dict[str, Any] = {"event": "reading", "step": self.step, "text": text}
        if isinstance(result, dict):
            event["answer"] = str(result.get("answer", ""))
            event["alternatives"] = [
                {"label": str(label), "probability": _number(share)}
                for label, share in result.get("alternatives", ())]
        else:
            event["answer"] = str(result)
        self._tell(event)

    # Looking

    def _look(self, force: bool = False) -> None:
        """Shows what the dashboard has on screen, as far as there is time for it."""
        if not self._interests or not self._line.is_open:
            return
        what = (self.step, self._interests, self._request.get("sequence"), self._request.get("position"))
        if force and what == self._looked_at:
            # Nothing is new but what a search has found since.
            if self._probes is None or not self._probes.search_on(self._interests, force):
                return
        if not force and not self._budget.is_due and not (self._probes and self._probes.is_ready):
            return
        self._looked_at = what
        with self._budget.spending(force):
            if self._probes is not None:
                self._probes.look(self._interests, self._request, force)
            if "samples" in self._interests and self._samples is not None and (
                    force or self._budget.is_due):
                try:
                    self._tell_samples()
                except Exception as problem:  # a person's own function
                    self._samples = None
                    self._refuse(f"samples: {type(problem).__name__}: {problem}")
        if not force and self._probes is not None and self._budget.is_due:
            with self._budget.spending():
                self._probes.search_on(self._interests, force)
        self._line.flush()

    def _tell_samples(self) -> None:
        temperature = float(self._request.get("temperature", 0.8))
        with _as_it_was(self._model):
            takes = len(inspect.signature(self._samples).parameters) > 0
            result = self._samples(temperature) if takes else self._samples()
        lines = result.split("\n") if isinstance(result, str) else [str(line) for line in result]
        self._tell({"event": "samples", "step": self.step, "temperature": temperature,
                    "lines": lines[:40]}, frame=True)


class _GroupKnob(Knob):
    """A hyperparameter of an optimizer, which a schedule may move."""

    def __init__(self, key: str, groups: Any, name: str, apply: Callable[[float], None]) -> None:
        self._groups, self._field = groups, name
        super().__init__(key, float(groups[0][name]), "factor", apply)

    @property
    def value(self) -> float:  # type: ignore[override]
        return float(self._groups[0][self._field])

    @value.setter
    def value(self, value: float) -> None:
        pass


def _assign(group: Dict[str, Any], name: str, value: float) -> None:
    old = group.get(name)
    if hasattr(old, "fill_"):  # capturable optimizers keep rates in tensors
        old.fill_(value)
    else:
        group[name] = value


def _kept(value: Any) -> Any:
    """A number now, or a copy of a tensor on another device, to be asked for later."""
    if hasattr(value, "detach"):
        if getattr(getattr(value, "device", None), "type", "cpu") == "cpu":
            return _number(value)
        return value.detach().clone()
    return _number(value)


def _number(value: Any) -> Optional[float]:
    try:
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, (int, float)):
            return value
        if hasattr(value, "item"):
            return float(value.item())
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def _is_module(model: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


@contextlib.contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Lets a person's function run in evaluation mode, and puts back whatever it may have moved:
    random numbers, training mode, gradients."""
    import random
    python_state = random.getstate()
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy is not None else None
    torch = sys.modules.get("torch")
    states: Any = None
    modes: List[Tuple[Any, bool]] = []
    gradients: List[Tuple[Any, Any]] = []
    if torch is not None:
        states = (torch.get_rng_state(),
                  torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None)
        if isinstance(model, torch.nn.Module):
            modes = [(module, module.training) for module in model.modules()]
            gradients = [(p, p.grad) for p in model.parameters()]
            model.eval()
            for parameter, _ in gradients:
                parameter.grad = None
    try:
        with torch.no_grad() if torch is not None else contextlib.nullcontext():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for parameter, gradient in gradients:
            parameter.grad = gradient
        if states is not None:
            torch.set_rng_state(states[0])
            if states[1] is not None:
                torch.cuda.set_rng_state_all(states[1])
        if numpy_state is not None:
            numpy.random.set_state(numpy_state)
        random.setstate(python_state)


class _Budget:
    """Time for probes: a hundredth of what passes while training; a pause is nobody's time."""

    def __init__(self, owner: Watch) -> None:
        self.owner = owner
        self.spent = 0.0
        self.noted = 0.0  # since the last look, by training steps themselves
        self.longest = 0.01  # before one was measured

    @property
    def is_due(self) -> bool:
        # One more as long as the last ones must fit, too.
        return self.spent + self.longest <= _PROBE_SHARE * self.owner._elapsed()

    @contextlib.contextmanager
    def spending(self, force: bool = False) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        if not force:
            self.spent += took
            self.longest = max(0.5 * self.longest, self.noted + took)
        self.noted = 0.0

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """What a training step itself spends on being looked at; nothing of it fails the step."""
        began = time.perf_counter()
        with contextlib.suppress(Exception):
            yield
        took = time.perf_counter() - began
        self.spent += took
        self.noted += took


# MARK: Probes of torch modules


_FOUR_PLACES: List[str] = []  # of the numbers from 0 to 1, then from −1 on, so that -1 is the last one's


def _four_places(torch: Any, rows: Any) -> str:
    """JSON of a matrix with four decimal places: tens of thousands of numbers, so by a table."""
    if not bool(torch.isfinite(rows).all()) or float(rows.abs().max()) > 1e6:
        return _JSON.encode(_finite([[round(v, 4) for v in row] for row in rows.tolist()]))
    if not _FOUR_PLACES:
        _FOUR_PLACES.extend(repr(k / 10_000) for k in [*range(10_001), *range(-10_000, 0)])
    scaled = rows.double().mul(10_000).round().long()
    if int(scaled.abs().max()) <= 10_000:
        texts = [",".join(map(_FOUR_PLACES.__getitem__, row)) for row in scaled.tolist()]
    else:
        texts = [",".join([repr(k / 10_000) for k in row]) for row in scaled.tolist()]
    return "[" + ",".join([f"[{text}]" for text in texts]) + "]"


class _Capture:
    """What one recurrent module read and gave in one training step, of one sequence."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.inputs: Any = None  # time × features
        self.state: Any = None  # hx of that sequence, each layers·directions × features
        self.output_gradient: Any = None  # time × features
        self.final_gradient: Any = None  # layers·directions × features
        self.symbols: List[str] = []
        self.has_ids = False  # whether symbols are names of what is read, and not of its place


class _Probes:
    """Looks into a model: states, gradients by lag, norms. Everything it needs it copies."""

    def __init__(self, owner: Watch, model: Any, optimizer: Any, symbols: Any) -> None:
        import torch
        self.torch = torch
        self.owner, self.model, self.optimizer, self.symbols = owner, model, optimizer, symbols
        self.clock = owner._budget
        self.recurrent = [
            (name or type(module).__name__, module) for name, module in model.named_modules()
            if isinstance(module, (torch.nn.RNN, torch.nn.GRU, torch.nn.LSTM))]
        self.embedding = next(
            (m for m in model.modules() if isinstance(m, torch.nn.Embedding)), None)
        self.captures: Dict[str, _Capture] = {}
        self.forward_handles: List[Any] = []
        self.step_handles: List[Any] = []
        self.ids: Any = None
        self.sequence = 0
        self.norms: Optional[List[Dict[str, Any]]] = None
        self.norms_step = 0
        self.before: Optional[List[Any]] = None
        self.activations: Dict[str, Dict[str, float]] = {}
        self.is_armed = False
        self.basis: Any = None  # of the last trajectory, which the next one is turned to
        self.search: Optional[_FixedPoints] = None  # that goes on
        self.found: Optional[_FixedPoints] = None  # the last one that ended

    @property
    def network(self) -> str:
        if not self.recurrent:
            return type(self.model).__name__
        module = self.recurrent[0][1]
        kind = module.nonlinearity if module.mode.startswith("RNN") else module.mode
        layers = f" \u00d7{module.num_layers}" if module.num_layers > 1 else ""
        return f"{kind} {module.hidden_size}{layers}{' bidirectional' if module.bidirectional else ''}"

    @property
    def is_ready(self) -> bool:
        """Whether what was armed has seen a training step."""
        return self.is_armed and not self.forward_handles and not self.step_handles

    def look(self, interests: frozenset, request: Dict[str, Any], force: bool) -> None:
        self.sequence = max(0, int(request.get("sequence") or 0))
        if self.is_ready or force:
            self.is_armed = self.is_armed and not self.is_ready
            self._tell(interests, request, force)
        elif not self.is_armed:
            self.arm(interests)

    def search_on(self, interests: frozenset, force: bool) -> bool:
        """Works a little on the search that goes on, and says whether it has ended."""
        if self.search is None or "dynamics" not in interests:
            self.search = None
            return False
        if not self.search.advance(force):
            return False
        self.search, self.found = None, self.search
        return True

    def _tell(self, interests: frozenset, request: Dict[str, Any], force: bool) -> None:
        saturated: Optional[float] = None
        dead = math.nan
        wants_lags = "gradientByLag" in interests
        found = [(self.captures[name], name, module) for name, module in self.recurrent
                 if name in self.captures]
        if found:
            capture, name, module = max(found, key=lambda f: f[0].inputs.shape[0])
            layers = self._replay(module, capture, wants_lags)
            if len(self.recurrent) > 1:
                for layer in layers:
                    layer["name"] = f"{name} {layer['name']}"
            if "hiddenStates" in interests:
                self._tell_states(layers, capture, int(request.get("columns") or 60))
            if wants_lags:
                self._tell_lags(module, layers, capture)
            if "dynamics" in interests:
                self._tell_dynamics(module, layers, capture, request.get("position"), force)
            top = self.torch.stack([s.detach() for s in layers[-1]["states"]])
            dead = float((top.max(0).values - top.min(0).values < 0.01).float().mean())
            if module.mode != "RNN_RELU":
                saturated = float((top.abs() > 0.97).float().mean())
        if "statistics" in interests:
            self._tell_statistics(saturated, dead)
        if self.activations:
            values = {f"activation/{name}/{key}": number
                      for name, row in self.activations.items() for key, number in row.items()}
            self.owner._tell({"event": "values", "step": self.owner.step, "values": values},
                             frame=True)

    # Capturing, in the training step that follows

    def arm(self, interests: frozenset) -> None:
        if self.is_armed or not interests & {
                "hiddenStates", "gradientByLag", "statistics", "dynamics"}:
            return
        self.is_armed = True
        self.ids = None
        for name, module in self.recurrent:
            self.forward_handles.append(self._hook(module, name))
        if self.recurrent and self.embedding is not None:
            self.forward_handles.append(self.embedding.register_forward_hook(self._keep_ids))
        if not self.recurrent:
            self._arm_activations()
        if "statistics" in interests and hasattr(self.optimizer, "register_step_pre_hook"):
            self.step_handles.append(self.optimizer.register_step_pre_hook(self._keep_before))
            self.step_handles.append(self.optimizer.register_step_post_hook(self._keep_norms))

    def _release(self, handles: List[Any]) -> None:
        for handle in handles:
            handle.remove()
        handles.clear()

    def _hook(self, module: Any, name: str) -> Any:
        def after(module: Any, inputs: Any, *rest: Any) -> None:
            kwargs, output = rest if len(rest) == 2 else ({}, rest[0])
            with self.clock.noting():
                self._keep(name, module, inputs, kwargs, output)
        try:
            return module.register_forward_hook(after, with_kwargs=True)
        except TypeError:  # torch before 2.0
            return module.register_forward_hook(after)

    def _keep_ids(self, module: Any, inputs: Any, output: Any) -> None:
        if self.ids is None and inputs:
            self.ids = inputs[0].detach().clone()

    def _keep(self, name: str, module: Any, inputs: Any, kwargs: Any, output: Any) -> None:
        torch = self.torch
        if not torch.is_grad_enabled() or not module.training:
            return
        # What is called again in this step does not hold its sequence's beginning.
        if name in self.captures and self.captures[name].step == self.owner.step:
            return
        packed = torch.nn.utils.rnn.PackedSequence
        source = inputs[0] if inputs else kwargs.get("input")
        state = inputs[1] if len(inputs) > 1 else kwargs.get("hx")
        given, (out, final) = source, output
        capture = _Capture(self.owner.step)
        lengths: Any = None
        if isinstance(given, packed):
            rows, lengths = torch.nn.utils.rnn.pad_packed_sequence(given, batch_first=True)
            index = self.sequence % rows.shape[0]
            capture.inputs = rows[index, : int(lengths[index])].detach().clone()
            batch = rows.shape[0]
        elif given.dim() == 2:
            index, batch = 0, 0
            capture.inputs = given.detach().clone()
        else:
            batch = given.shape[0 if module.batch_first else 1]
            index = self.sequence % batch
            capture.inputs = (given[index] if module.batch_first else given[:, index]).detach().clone()
        if state is not None:
            parts = state if isinstance(state, tuple) else (state,)
            capture.state = tuple((p[:, index] if p.dim() == 3 else p).detach().clone() for p in parts)
        capture.symbols, capture.has_ids = self._symbols(capture.inputs, index, module.batch_first)
        steps = capture.inputs.shape[0]

        def keep_output(gradient: Any) -> None:
            with self.clock.noting():
                if isinstance(given, packed):
                    again = packed(gradient, given.batch_sizes, given.sorted_indices,
                                   given.unsorted_indices)
                    rows, _ = torch.nn.utils.rnn.pad_packed_sequence(again, batch_first=True)
                    part = rows[index, :steps]
                elif batch == 0:
                    part = gradient
                else:
                    part = gradient[index] if module.batch_first else gradient[:, index]
                capture.output_gradient = part.detach().clone()

        def keep_final(gradient: Any) -> None:
            with self.clock.noting():
                capture.final_gradient = (
                    gradient[:, index] if gradient.dim() == 3 else gradient).detach().clone()

        data = out.data if isinstance(out, packed) else out
        if data.requires_grad:
            data.register_hook(keep_output)
        last = final[0] if isinstance(final, tuple) else final
        if last.requires_grad:
            last.register_hook(keep_final)
        self.captures[name] = capture
        if all(n in self.captures and self.captures[n].step == self.owner.step
               for n, _ in self.recurrent):
            self._release(self.forward_handles)

    def _symbols(self, rows: Any, index: int, batch_first: bool) -> Tuple[List[str], bool]:
        """How what is read is called, and whether those are names of symbols."""
        torch, count = self.torch, rows.shape[0]
        ids: Any = None
        if self.ids is not None and self.ids.dim() == 2:
            found = self.ids[index] if batch_first or self.ids.shape[0] != count else self.ids[:, index]
            if found.shape[0] >= count:
                ids = found[:count].tolist()
        elif self.ids is not None and self.ids.dim() == 1 and self.ids.shape[0] == count:
            ids = self.ids.tolist()
        elif rows.shape[1] > 1 and bool(((rows == 0) | (rows == 1)).all()) and bool(
                (rows.sum(1) == 1).all()):
            ids = rows.argmax(1).tolist()
        if ids is None:
            if rows.shape[1] == 1:
                return [f"{float(v):.3g}" for v in rows[:, 0]], False
            return [str(t + 1) for t in range(count)], False
        if callable(self.symbols):
            return [str(self.symbols(i)) for i in ids], True
        if self.symbols is not None:
            return [str(self.symbols[i]) for i in ids], True
        return [str(i) for i in ids], True

    # Replaying, step by step

    def _cell(self, module: Any, suffix: str, dtype: Any, device: Any = None,
              copies: bool = False) -> Callable[..., Any]:
        """One layer's (x, h, c) -> (h, c, gates), of one sequence or of as many as there are rows.
        With weights of its own where it `copies` them, as they are now."""
        torch = self.torch

        def weight(name: str) -> Any:
            found = getattr(module, name + suffix, None)
            return None if found is None else found.detach().to(device=device, dtype=dtype, copy=copies)
        w_ih, w_hh, w_hr = weight("weight_ih"), weight("weight_hh"), weight("weight_hr")
        b_ih, b_hh = weight("bias_ih"), weight("bias_hh")
        linear, size = torch.nn.functional.linear, module.hidden_size

        def lstm(x: Any, h: Any, c: Any) -> Tuple[Any, Any, Dict[str, Any]]:
            i, f, g, o = (linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)).split(size, -1)
            i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
            c = f * c + i * g.tanh()
            h = o * c.tanh()
            if w_hr is not None:
                h = linear(h, w_hr)
            return h, c, {"input gate": i, "forget gate": f, "output gate": o}

        def gru(x: Any, h: Any, c: Any) -> Tuple[Any, Any, Dict[str, Any]]:
            ar, az, an = linear(x, w_ih, b_ih).split(size, -1)
            br, bz, bn = linear(h, w_hh, b_hh).split(size, -1)
            r, z = (ar + br).sigmoid(), (az + bz).sigmoid()
            n = (an + r * bn).tanh()
            return (1 - z) * n + z * h, c, {"reset gate": r, "update gate": z}

        def plain(x: Any, h: Any, c: Any) -> Tuple[Any, Any, Dict[str, Any]]:
            a = linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)
            return a.relu() if module.mode == "RNN_RELU" else a.tanh(), c, {}
        return {"LSTM": lstm, "GRU": gru}.get(module.mode, plain)

    def _replay(self, module: Any, capture: _Capture, needs_gradient: bool,
                inputs: Any = None) -> List[Dict[str, Any]]:
        """Runs one sequence again, one step after the other, as in evaluation: no dropout, and
        nothing of the model is touched but read."""
        torch = self.torch
        directions = 2 if module.bidirectional else 1
        context = torch.enable_grad() if needs_gradient else torch.no_grad()
        rows = list((capture.inputs.float() if inputs is None else inputs).unbind(0))
        layers: List[Dict[str, Any]] = []
        device_type = capture.inputs.device.type
        with context, torch.autocast(device_type, enabled=False):
            for layer in range(module.num_layers):
                outputs: List[List[Any]] = []
                for direction in range(directions):
                    cell = self._cell(
                        module, f"_l{layer}" + ("_reverse" if direction else ""), torch.float32)
                    h, c = self._beginning(module, capture, layer * directions + direction)
                    if needs_gradient:
                        h = h.clone().requires_grad_()
                    order = range(len(rows)) if direction == 0 else range(len(rows) - 1, -1, -1)
                    states: List[Any] = [None] * len(rows)
                    cells: List[Any] = [None] * len(rows)
                    gates: Dict[str, List[Any]] = {}
                    for t in order:
                        h, c, told = cell(rows[t], h, c)
                        states[t] = h
                        if module.mode == "LSTM":
                            cells[t] = c
                        for gate, value in told.items():
                            gates.setdefault(gate, [None] * len(rows))[t] = value.detach()
                    name = f"layer {layer + 1}" + (
                        "" if directions == 1 else " reverse" if direction else " forward")
                    layers.append({"name": name, "states": states, "cells": cells, "gates": gates,
                                   "reverse": direction == 1})
                    outputs.append(states)
                rows = ([torch.cat(pair) for pair in zip(*outputs)] if directions == 2
                        else outputs[0])
        return layers

    def _beginning(self, module: Any, capture: _Capture, place: int) -> Tuple[Any, Any]:
        """h and c before the first step."""
        if capture.state is not None:
            parts = [part[place].float() for part in capture.state]
            return parts[0], parts[-1]
        new = capture.inputs.float().new_zeros
        return new(getattr(module, "proj_size", 0) or module.hidden_size), new(module.hidden_size)

    def _tell_states(self, layers: List[Dict[str, Any]], capture: _Capture, columns: int) -> None:
        torch = self.torch
        count = len(layers[0]["states"])
        first = max(0, count - max(1, columns))
        maps: List[str] = []

        def add(name: str, values: Sequence[Any], lowest: float, highest: float) -> None:
            rows = torch.stack([v.detach() for v in values[first:]]).cpu()
            bound = float(rows.abs().max()) if math.isinf(highest) else highest
            lowest = -bound if math.isinf(lowest) else lowest
            maps.append(_JSON.encode(_finite({"name": name, "lowest": lowest, "highest": bound}))[:-1]
                        + f',"columns":{_four_places(torch, rows)}}}')

        for layer in layers:
            relu = layer["states"][0].detach().abs().max() > 1
            add(layer["name"], layer["states"], -math.inf if relu else -1.0, math.inf if relu else 1.0)
            if layer["cells"][first] is not None:
                add(layer["name"] + " cell", layer["cells"], -math.inf, math.inf)
            for gate, values in layer["gates"].items():
                add(f"{layer['name']} {gate}", values, 0.0, 1.0)
        text = (f'{{"event":"hiddenStates","step":{capture.step},'
                f'"symbols":{_JSON.encode(capture.symbols[first:])},"maps":[{",".join(maps)}]}}\n')
        self.owner._tell(text.encode("utf-8", "replace"), frame=True)

    def _tell_lags(self, module: Any, layers: List[Dict[str, Any]], capture: _Capture) -> None:
        """Norm of the gradient that the last step's loss sends to the states before it, from the
        gradient that training's own backward pass brought to this module's output."""
        torch = self.torch
        top = [layer for layer in layers[-(2 if module.bidirectional else 1):]]
        count = len(top[0]["states"])
        last, seed = count - 1, None
        if capture.output_gradient is not None:
            rows = capture.output_gradient.float()
            used = (rows.abs().sum(1) > 0).nonzero()
            if len(used):
                last = int(used[-1])
                seed = rows[last][: top[0]["states"][0].shape[0]]
        if capture.final_gradient is not None and (seed is None or last == count - 1):
            final = capture.final_gradient.float()[-len(top)]
            if float(final.abs().sum()) > 0:
                seed = final if seed is None else seed + final
                last = count - 1
        if seed is None or not bool(torch.isfinite(seed).all()) or last < 1:
            return
        # The step whose loss it is, and the state of the forward direction behind it.
        forward = [layer for layer in layers if not layer["reverse"]]
        wanted = [state for layer in forward for state in layer["states"][: last + 1]]
        target = (top[0]["states"][last] * seed).sum()
        found = torch.autograd.grad(target, wanted, allow_unused=True)
        curves = []
        for index, layer in enumerate(forward):
            part = found[index * (last + 1): (index + 1) * (last + 1)]
            norms = [0.0 if g is None else float(g.norm()) for g in reversed(part)]
            curves.append({"name": layer["name"].replace(" forward", ""), "norms": norms})
        self.owner._tell({"event": "gradientByLag", "step": capture.step,
                          "curves": curves}, frame=True)

    # The network as a dynamical system

    def _tell_dynamics(self, module: Any, layers: List[Dict[str, Any]], capture: _Capture,
                       position: Any, force: bool) -> None:
        """Where states go along their principal components, what their Jacobians do to small
        differences, what stays where it is, and what each loss depends on. In double precision, by
        autograd."""
        torch = self.torch
        forward = [layer for layer in layers if not layer["reverse"]]
        if module.bidirectional:  # the layers above read both directions
            forward = forward[:1]
        parts = [torch.stack([v.detach() for v in layer[kind]]).double().cpu()
                 for layer in forward for kind in ("states", "cells") if layer[kind][0] is not None]
        states = torch.cat(parts, 1)
        count, size = states.shape
        if count < 2 or not bool(torch.isfinite(states).all()):
            return
        event: Dict[str, Any] = {
            "event": "dynamics", "step": capture.step, "size": size, "symbols": capture.symbols,
            "system": ("forward direction of layer 1" if module.bidirectional
                       else "layer 1" if len(forward) == 1 else f"{len(forward)} layers"),
            "others": [], "attributionOf": "loss"}
        mean, basis = self._components(states, event)
        if size <= 512:
            event.update(self._jacobians(module, capture, states, len(forward)))
            self._seek(module, capture, states, len(forward), position, force)
            if not force and self.search is not None and self.found is not None and not self.found.forced:
                event["secondsLeft"] = max(0.0, self.found.age - self.search.age)
            if self.found is not None and self.found.size == size:
                event["fixedPoints"] = self.found.told(mean, basis)
        else:
            event["searchesFixedPoints"] = False
        event["attribution"] = self._attribution(module, capture)
        self.owner._tell(event, frame=True)

    def _components(self, states: Any, event: Dict[str, Any]) -> Tuple[Any, Any]:
        """Writes the path along the principal components; returns their mean and directions."""
        torch = self.torch
        mean = states.mean(0)
        centred = states - mean
        _, lengths, directions = torch.linalg.svd(centred, full_matrices=False)
        variances = lengths ** 2
        total = float(variances.sum())
        if total <= 0:
            event.update({"path": [[] for _ in states], "shares": []})
            return mean, directions[:0]
        kept = int((variances[:3] > 1e-12 * total).sum())
        basis, shares = directions[:kept], variances[:kept] / total
        if self.basis is not None and self.basis.shape == basis.shape:
            # Turned within its plane to where it was: what moves on screen is the network.
            left, _, right = torch.linalg.svd(basis @ self.basis.T)
            turn = left @ right
            basis, shares = turn.T @ basis, (turn.T ** 2) @ shares
        self.basis = basis
        event.update({
            "path": [[round(v, 5) for v in row] for row in (centred @ basis.T).tolist()],
            "shares": shares.tolist(), "dimension": total ** 2 / float((variances ** 2).sum())})
        return mean, basis

    def _system(self, module: Any, capture: _Capture, layers: int,
                copies: bool = False) -> Tuple[Any, Callable[[Any, Any], Any], Any]:
        """The state before the first step, (x, s) -> g(s, x) of as many rows as there are, and how far
        each number can get from 0."""
        torch = self.torch
        cells = [self._cell(module, f"_l{k}", torch.float64, "cpu", copies) for k in range(layers)]
        directions = 2 if module.bidirectional else 1
        has_cell = module.mode == "LSTM"
        begun: List[Any] = []
        for k in range(layers):
            h, c = self._beginning(module, capture, k * directions)
            begun += [h, c] if has_cell else [h]
        sizes = [part.shape[0] for part in begun]

        def step(x: Any, states: Any) -> Any:
            given, after = list(states.split(sizes, 1)), []
            for cell in cells:
                h = given.pop(0)
                x, c, _ = cell(x, h, given.pop(0) if has_cell else None)
                after += [x, c] if has_cell else [x]
            return torch.cat(after, 1)
        # A tanh, or between tanhs; an LSTM's second part, and what is projected or ReLU, has no bound.
        is_bounded = "RELU" not in module.mode and not getattr(module, "proj_size", 0)
        reach = torch.cat([
            torch.full_like(part, 1.0 if is_bounded and not (has_cell and index % 2) else math.inf)
            for index, part in enumerate(begun)])
        return torch.cat(begun).double().cpu(), step, reach.double().cpu()

    def _seek(self, module: Any, capture: _Capture, states: Any, layers: int, position: Any,
              force: bool) -> None:
        """Begins a search for fixed points, where none goes on that would find the same."""
        asked = position if isinstance(position, int) and 0 <= position < len(states) else None
        if force:
            known = self.search or self.found
            if known is not None and (known.step, known.asked) == (capture.step, asked):
                return
        elif self.search is not None and self.search.asked == asked:
            return
        x, name = self._constant_input(capture, asked)
        _, step, reach = self._system(module, capture, layers, copies=True)
        self.search = _FixedPoints(
            self.torch, capture.step, asked, name, states, reach,
            lambda s: step(x.expand(len(s), -1), s))

    def _constant_input(self, capture: _Capture, asked: Optional[int]) -> Tuple[Any, str]:
        """What is read at a position, or what stands for all that is read."""
        rows, symbols = capture.inputs.double().cpu(), capture.symbols
        if not capture.has_ids:
            return ((rows.mean(0), "the mean input") if asked is None
                    else (rows[asked], f"the input at {asked + 1}"))
        name = max(symbols, key=symbols.count) if asked is None else symbols[asked]
        # Dropout before this module tells readings of one symbol apart; their mean has none of it.
        return rows[[t for t, symbol in enumerate(symbols) if symbol == name]].mean(0), name

    def _jacobians(self, module: Any, capture: _Capture, states: Any, layers: int) -> Dict[str, Any]:
        torch = self.torch
        count, size = states.shape
        first, step, _ = self._system(module, capture, layers)
        before = torch.cat([first[None], states[:-1]])
        jacobians = _batch_jacobians(torch, lambda s: step(capture.inputs.double().cpu(), s), before)[1]
        spectra = []
        suffix, hidden = "weight_hh_l0", module.hidden_size
        matrix = getattr(module, suffix).detach().double().cpu()
        if matrix.shape[0] > hidden:
            matrix = matrix[2 * hidden: 3 * hidden]  # what proposes the new state
        symbol = {"LSTM": "W_g", "GRU": "W_n"}.get(module.mode, "W")
        for name, square in ((symbol, matrix), ("\u2202s(t+1)/\u2202s(t)", jacobians.mean(0))):
            if square.shape[0] == square.shape[1] and bool(torch.isfinite(square).all()):
                values = torch.linalg.eigvals(square)
                order = values.abs().argsort(descending=True)
                spectra.append({"symbol": name, "eigenvalues": torch.view_as_real(values[order]).tolist()})
        exponents, steps = self._exponents(jacobians)
        return {"spectra": spectra, "lyapunov": exponents, "lyapunovSteps": steps}

    def _exponents(self, jacobians: Any) -> Tuple[List[Optional[float]], int]:
        """Lyapunov exponents in nats a step by QR along the trajectory; None where a difference is
        gone after one step."""
        torch = self.torch
        count, size = jacobians.shape[:2]
        own = torch.Generator().manual_seed(1)  # training's random numbers stay as they are
        start = torch.randn(size, min(4, size), generator=own, dtype=torch.float64)
        directions, settling = torch.linalg.qr(start)[0], min(10, count // 4)
        sums = torch.zeros(start.shape[1], dtype=torch.float64)
        for t in range(count):
            directions, stretched = torch.linalg.qr(jacobians[t] @ directions)
            if t >= settling:
                sums += stretched.diagonal().abs().log()
        means = (sums / (count - settling)).tolist()
        means.sort(reverse=True)
        return [mean if math.isfinite(mean) else None for mean in means], count - settling

    def _attribution(self, module: Any, capture: _Capture) -> List[List[float]]:
        """For the last positions, norms of \u2202L(t)/\u2202x(i) of every input up to t, from the gradient
        that training's own backward pass brought to this module's output at t."""
        torch = self.torch
        inputs = capture.inputs.float().clone().requires_grad_()
        top = self._replay(module, capture, True, inputs)[-(2 if module.bidirectional else 1):]
        count = inputs.shape[0]
        outputs = torch.stack([torch.cat([layer["states"][t] for layer in top]) for t in range(count)])
        seeds = torch.zeros_like(outputs)
        if capture.output_gradient is not None:
            seeds += capture.output_gradient.float()
        if capture.final_gradient is not None and not module.bidirectional:
            seeds[-1] += capture.final_gradient.float()[-1]
        used = [t for t in range(max(0, count - 40), count) if float(seeds[t].abs().sum()) > 0]
        if not used or not bool(torch.isfinite(seeds).all()):
            return []
        each = torch.zeros(len(used), *outputs.shape, device=outputs.device)
        for row, t in enumerate(used):
            each[row, t] = seeds[t]
        found, = torch.autograd.grad(outputs, inputs, each, is_grads_batched=True)
        norms = found.norm(dim=2).tolist()
        rows: List[List[float]] = [[] for _ in range(used[0], count)]
        for row, t in enumerate(used):
            rows[t - used[0]] = norms[row][: t + 1]
        return rows

    # Norms

    def _named(self) -> List[Tuple[str, Any]]:
        return [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]

    def _keep_before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        with self.clock.noting():
            self.before = [p.detach().clone() for _, p in self._named()]

    def _keep_norms(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        with self.clock.noting():
            rows = []
            for (name, p), old in zip(self._named(), self.before or []):
                norm = float(old.norm())
                update = float((p.detach() - old).norm())
                rows.append({
                    "name": name, "symbol": name, "norm": norm,
                    "gradientNorm": float(p.grad.norm()) if p.grad is not None else None,
                    "updateRatio": update / norm if norm > 0 else None})
            self.norms, self.norms_step = rows, self.owner.step
        self.before = None
        self._release(self.step_handles)
        self._release(self.forward_handles)

    def _tell_statistics(self, saturated: Optional[float], dead: float) -> None:
        if self.norms is None:
            return
        event: Dict[str, Any] = {"event": "statistics", "step": self.norms_step,
                                 "parameters": self.norms[:200], "dead": dead}
        if saturated is not None:
            event["saturated"] = saturated
        self.owner._tell(event, frame=True)

    def _arm_activations(self) -> None:
        torch = self.torch

        def keeper(name: str) -> Callable[..., None]:
            def keep(module: Any, inputs: Any, output: Any) -> None:
                if not module.training or not torch.is_tensor(output) or not output.is_floating_point():
                    return
                with self.clock.noting():
                    value = output.detach().float()
                    self.activations[name] = {
                        "mean": float(value.mean()), "std": float(value.std()),
                        "zeros": float((value == 0).float().mean())}
            return keep

        for name, module in list(self.model.named_modules())[:200]:
            if name and not any(True for _ in module.children()):
                self.forward_handles.append(module.register_forward_hook(keeper(name)))


def _batch_jacobians(torch: Any, function: Callable[[Any], Any], states: Any) -> Tuple[Any, Any]:
    """g(s) of each row s, and its Jacobian, rows × size × size."""
    count, size = states.shape
    states = states.detach().requires_grad_()
    with torch.enable_grad():
        after = function(states)
        # Rows do not mix: one product for each unit gives that row of every Jacobian.
        seeds = torch.eye(size, dtype=torch.float64)[:, None].expand(size, count, size)
        found, = torch.autograd.grad(after, states, seeds, is_grads_batched=True)
    return after.detach(), found.transpose(0, 1)


class _FixedPoints:
    """A search for states that one input, staying the same, leaves where they are: g(s, x*) = s
    (Sussillo and Barak 2013). It works in slices, with the weights that it began with.

    Stable ones are where states end that go on and on. All kinds are found where ½‖g(s) − s‖²
    is lowered to 0, by damped Gauss–Newton steps, which near a fixed point become Newton's: from
    states around the trajectory, from halfway between points that are known, and from all over,
    turn after turn until some turns find nothing new.
    """

    SETTLING, SETTLING_STEPS = 64, 400  # states that go on, and for how long
    STARTS, ROUNDS = 24, 90  # states from which it is lowered at once, and for how many steps
    TURNS = 16  # at most
    IDLE_TURNS = (1, 3)  # without a new point, while training and in a pause: then no more is looked for
    TOLERANCE = 1e-9  # of ‖g(s) − s‖, for a state of length 1
    MARGIN = 1e-6  # of |λ| from 1 where it counts as 1
    VISIBLE = 100  # times that a turn may change a difference so that its period is told
    SLICES = (0.01, 0.05)  # seconds at a time while training, and in a pause
    LONGEST = (2.0, 20.0)  # seconds in all: then what was found so far counts

    def __init__(self, torch: Any, step: int, asked: Optional[int], name: str, trajectory: Any,
                 reach: Any, function: Callable[[Any], Any]) -> None:
        self.torch, self.step, self.asked, self.name = torch, step, asked, name
        self.function, self.size, self.reach = function, trajectory.shape[1], reach
        self.points: List[Dict[str, Any]] = []
        self.random = torch.Generator().manual_seed(1)  # training's random numbers stay as they are
        self.spent = 0.0
        self.began = time.monotonic()
        self.age = 0.0  # seconds since it began, at its last slice
        self.forced = False  # whether that was in a pause, which is faster
        self.work = self._work(trajectory)

    def advance(self, force: bool) -> bool:
        """Works for a slice of time, and says whether nothing is left to do."""
        began = time.perf_counter()
        is_over, self.forced = False, force
        while not is_over and time.perf_counter() - began < self.SLICES[force]:
            try:
                is_over = next(self.work, True)
            except RuntimeError:  # a decomposition that does not converge
                is_over = True
        self.spent += time.perf_counter() - began
        self.age = time.monotonic() - self.began
        return is_over or self.spent > self.LONGEST[force]

    def told(self, mean: Any, basis: Any) -> Dict[str, Any]:
        """The points as a frame has them, seen along principal components."""
        def point(found: Dict[str, Any]) -> Dict[str, Any]:
            line = {key: found[key] for key in ("kind", "unstable", "modulus", "period") if key in found}
            line["place"] = (basis @ (found["state"] - mean)).tolist()
            line["slow"] = [{"eigenvalue": value, "along": (basis @ vector).tolist()}
                            for value, vector in found["slow"]]
            return line
        order = sorted(self.points, key=lambda p: (p["unstable"], p["state"].tolist()))
        return {"step": self.step, "input": self.name, "points": [point(found) for found in order]}

    def _work(self, trajectory: Any) -> Iterator[bool]:
        torch, size = self.torch, self.size
        centre = trajectory.mean(0)
        distances = (trajectory - centre).norm(dim=1)
        # A trajectory that stays in one place says little of what is far from it.
        near = max(float(distances.mean()), 0.1 * float(centre.norm()), 0.1)
        bounds = centre, max(10 * near, 1.5 * float(distances.max()))
        few = self.SETTLING - len(trajectory)
        if few > 0:  # a short sequence: from states around its own as well
            around = torch.randint(len(trajectory), (few,), generator=self.random)
            noise = torch.randn(few, size, generator=self.random, dtype=torch.float64)
            trajectory = torch.cat([trajectory, trajectory[around] + trajectory.std(0) * noise])
        state = self._drawn(trajectory, self.SETTLING)
        for step in range(self.SETTLING_STEPS):
            with torch.no_grad():
                before, state = state, self.function(state)
            if step % 20 == 19:
                yield False
        lengths = state.norm(dim=1).clamp(min=1)
        ends: List[Any] = []
        for end in state[(state - before).norm(dim=1) < 1e-3 * lengths]:
            if all(float((end - other).norm()) >= 1e-2 * max(1.0, float(end.norm())) for other in ends):
                ends.append(end)
        # Fewer at once where one step of each takes long.
        most = max(4, min(self.STARTS, int(1e9 / (8 * size ** 3))))
        for first in range(0, len(ends), most):
            yield from self._descend(torch.stack(ends[first: first + most]), bounds)
        restless = state[(state - before).norm(dim=1) >= 1e-3 * lengths]  # still on their way, or for ever
        idle = 0
        for turn in range(self.TURNS):
            known = len(self.points)
            yield from self._descend(
                self._starts(trajectory, restless if turn == 0 else state[:0], most, turn % 2 == 1), bounds)
            idle = 0 if len(self.points) > known else idle + 1
            if idle >= self.IDLE_TURNS[self.forced]:
                break
        yield True

    def _starts(self, trajectory: Any, first: Any, most: int, everywhere: bool) -> Any:
        """Some of the given states, some halfway between points that are known, around the trajectory,
        and in all of the box that it lies in, half as wide again, or that states can reach."""
        torch = self.torch

        def noise(draw: Callable[..., Any], count: int) -> Any:
            return draw(count, self.size, generator=self.random, dtype=torch.float64)
        known = [p["state"] for p in self.points]
        between = [(a + b) / 2 for i, a in enumerate(known) for b in known[i + 1:]]
        starts = self._drawn(first, most // 4)
        if between:
            starts = torch.cat([starts, self._drawn(torch.stack(between), most // 4)])
        left = most - len(starts)
        around = trajectory[torch.randint(len(trajectory), (left - left // 2,), generator=self.random)]
        around = around + 0.5 * trajectory.std(0) * noise(torch.randn, len(around))
        low, high = trajectory.min(0).values, trajectory.max(0).values
        middle, width = (low + high) / 2, 1.5 * (high - low)
        if everywhere:
            is_bounded = self.reach.isfinite()
            middle, width = middle * ~is_bounded, torch.where(is_bounded, 2 * self.reach, width)
        wide = middle + width * (noise(torch.rand, left // 2) - 0.5)
        return torch.cat([starts, around, wide])

    def _drawn(self, rows: Any, most: int) -> Any:
        if len(rows) <= most:
            return rows
        return rows[self.torch.randperm(len(rows), generator=self.random)[:most].sort().values]

    def _descend(self, state: Any, bounds: Tuple[Any, float]) -> Iterator[bool]:
        """Lowers ½‖g(s) − s‖² from each row (Levenberg 1944, Marquardt 1963), and keeps what is
        fixed where it ends."""
        torch, eye = self.torch, self.torch.eye(self.size, dtype=self.torch.float64)
        state = state.clone()
        after, jacobian = _batch_jacobians(torch, self.function, state)
        residual = after - state
        norm = residual.norm(dim=1)
        damping, failures = torch.full_like(norm, 1e-3), torch.zeros_like(norm)
        for _ in range(self.ROUNDS):
            scale = state.norm(dim=1).clamp(min=1)
            rows = ((norm > 1e-14 * scale) & (failures < 12)).nonzero()[:, 0]
            if len(rows) == 0:
                break
            # F = ∂(g − s)/∂s; (FᵀF + μ I) d = −Fᵀ r, and F d = −r at the end.
            f, r, weight = jacobian[rows] - eye, residual[rows, :, None], damping[rows]
            square = f.transpose(1, 2) @ f + weight[:, None, None] * eye
            right = -(f.transpose(1, 2) @ r)
            newton = weight < 1e-9
            square[newton], right[newton] = f[newton], -r[newton]
            try:
                tried = state[rows] + torch.linalg.solve(square, right)[:, :, 0]
            except RuntimeError:  # one of them is singular
                damping[rows] = 10 * weight.clamp(min=1e-9)
                failures[rows] += 1
                continue
            with torch.no_grad():
                tried_norm = (self.function(tried) - tried).norm(dim=1)
            better = tried_norm < norm[rows]
            good, bad = rows[better], rows[~better]
            damping[bad] = 10 * damping[bad].clamp(min=1e-9)
            failures[bad] += 1
            if len(good):
                state[good], norm[good], failures[good] = tried[better], tried_norm[better], 0
                damping[good] = (damping[good] / 10).clamp(min=1e-12)
                after, jacobian[good] = _batch_jacobians(torch, self.function, state[good])
                residual[good] = after - state[good]
            yield False
        for row in (norm <= self.TOLERANCE * state.norm(dim=1).clamp(min=1)).nonzero()[:, 0]:
            self._keep(state[row], jacobian[row], bounds)
        yield False

    def _keep(self, state: Any, jacobian: Any, bounds: Tuple[Any, float]) -> None:
        """Takes in a point that is near the trajectory and not known yet, with what becomes of states
        nearby."""
        centre, radius = bounds
        near = 1e-4 * max(1.0, float(state.norm()))
        if float((state - centre).norm()) > radius or bool((state.abs() > self.reach + 1e-6).any()) or any(
                float((state - known["state"]).norm()) < near for known in self.points):
            return
        values, vectors = self.torch.linalg.eig(jacobian)
        moduli = values.abs()
        unstable = int((moduli > 1 + self.MARGIN).sum())
        kind = ("neutral" if bool((moduli > 1 - self.MARGIN).any()) else "stable") if unstable == 0 else (
            "repeller" if unstable == self.size else "saddle")
        leading = values[moduli.argmax()]
        found = {"state": state.clone(), "kind": kind, "unstable": unstable,
                 "modulus": float(moduli.max())}
        if float(leading.imag) != 0:
            # Of a turn that leaves less than a hundredth there is nothing to see.
            turn = 2 * math.pi / abs(math.atan2(float(leading.imag), float(leading.real)))
            if abs(math.log(found["modulus"])) * turn <= math.log(self.VISIBLE):
                found["period"] = turn
        # Directions along which states come or leave slowest, the slowest first.
        slow = sorted((abs(float(moduli[i]) - 1), i) for i in range(self.size)
                      if float(values[i].imag) == 0 and 0.5 < float(moduli[i]) < 2)
        found["slow"] = [(float(values[i].real), vectors[:, i].real / vectors[:, i].real.norm())
                         for _, i in slow[:2]]
        self.points.append(found)


# MARK: Several processes


class _Ranks:
    """Under torchrun all ranks pause and step together: rank 0 hears the dashboard, the others hear
    rank 0, over a socket on one machine and through torch.distributed on several.

    A rank that ends, is killed, or says nothing for half a minute is waited for no more.
    """

    PATIENCE = 30.0  # seconds for a rank that says nothing
    JOINING = 15.0  # seconds in which all ranks come to their first step
    TELLING = 0.1  # seconds between two lanes

    def __init__(self) -> None:
        self.rank = int(os.environ.get("RANK", "0") or 0)
        self.count = int(os.environ.get("WORLD_SIZE", "1") or 1)
        self.follows = self.rank != 0
        self.way: Any = None  # how ranks speak to each other; None before the first step
        self.last = time.perf_counter()
        self.told = 0.0
        self.times: Dict[int, List[float]] = {}

    def agree(self, owner: Watch) -> None:
        """Between two steps: everybody learns what rank 0 was asked."""
        if self.count < 2:
            return
        if self.way is None:
            self.way = self._found(owner)
        if not self.way:
            return
        took = time.perf_counter() - self.last
        knobs = list(owner._knobs.values())
        mine = {"paused": owner.paused, "stopped": owner.stopped,
                "knobs": [float(knob.value) for knob in knobs]}
        try:
            decided, times = self.way.exchange(mine, took)
        except Exception as problem:  # whatever ended the others must not end this one
            self.close()
            if self.follows:
                # Nobody is left who could end a pause.
                owner.paused = False
                print(f"unfold: rank {self.rank} goes on by itself: {problem}", file=sys.stderr)
            return
        if self.follows:
            owner.paused, owner.stopped = bool(decided["paused"]), bool(decided["stopped"])
            for knob, value in zip(knobs, decided["knobs"]):
                if float(knob.value) != value:
                    knob.set(value)
        elif not owner.paused and owner.step:
            self._tell(owner, times)
        self.last = time.perf_counter()

    def _found(self, owner: Watch) -> Any:
        here = int(os.environ.get("LOCAL_WORLD_SIZE", "0") or 0)
        distributed = getattr(sys.modules.get("torch"), "distributed", None)
        is_ready = bool(distributed and distributed.is_available() and distributed.is_initialized())
        if here == self.count or not is_ready:
            # Launchers hand what `unfold run` said to every rank on the machine: all decide alike.
            is_watched = any(os.environ.get(name) for name in ("UNFOLD_FD", "UNFOLD_SOCKET"))
            with contextlib.suppress(OSError):
                return is_watched and (
                    _RanksHere(here or self.count, self.PATIENCE, self.JOINING)
                    if self.rank == 0 else _RankHere(self.rank, self.PATIENCE))
            return False
        return _RanksApart.found(distributed, owner._line.is_open)

    def _tell(self, owner: Watch, times: Dict[int, float]) -> None:
        """A lane for each rank: its mean step time since the last ones, and who is slowest."""
        for rank, took in times.items():
            self.times.setdefault(rank, []).append(took)
        now = time.perf_counter()
        if now - self.told < self.TELLING:
            return
        means = {rank: sum(took) / len(took) for rank, took in sorted(self.times.items())}
        self.times, self.told = {}, now
        lanes = {f"rank {rank} step time": mean for rank, mean in means.items()}
        if len(means) > 1:
            lanes["slowest rank"] = float(max(means, key=lambda rank: means[rank]))
        owner._tell({"event": "values", "step": owner.step, "values": lanes}, frame=True)

    def close(self) -> None:
        way, self.way = self.way, False
        if way:
            way.close()


class _RanksHere:
    """Rank 0's side of the socket on which the other ranks of this machine ask it."""

    def __init__(self, count: int, patience: float, joining: float) -> None:
        self.patience = patience
        self.others: Dict[socket.socket, bytearray] = {}
        self.ranks: Dict[socket.socket, int] = {}
        self.path = _ranks_path()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        before = os.umask(0o177)
        try:
            self.listener.bind(self.path)
        finally:
            os.umask(before)
        self.listener.listen(count)
        end = time.monotonic() + joining
        while len(self.others) < count - 1 and time.monotonic() < end:
            if select.select([self.listener], [], [], max(0.0, end - time.monotonic()))[0]:
                self.others[self.listener.accept()[0]] = bytearray()
        # Who came is there: nothing is left behind, however this ends.
        self._unlink()
        if len(self.others) < count - 1:
            print(f"unfold: {len(self.others) + 1} of {count} ranks watch: the others are not paused",
                  file=sys.stderr)

    def exchange(self, mine: Dict[str, Any], took: float) -> Tuple[Dict[str, Any], Dict[int, float]]:
        times = {0: took}
        waiting, end = set(self.others), time.monotonic() + self.patience
        while waiting:
            left = end - time.monotonic()
            ready = select.select(list(waiting), [], [], max(0.0, left))[0]
            if not ready and left <= 0:
                for other in waiting:
                    self._drop(other, "says nothing")
                break
            for other in ready:
                with contextlib.suppress(OSError):
                    data = other.recv(1 << 12)
                    self.others[other] += data
                    if data and b"\n" not in self.others[other]:
                        continue
                    if data:
                        line, _, rest = self.others[other].partition(b"\n")
                        self.others[other] = bytearray(rest)
                        said = json.loads(line)
                        self.ranks[other] = int(said["rank"])
                        times[self.ranks[other]] = float(said["took"])
                        waiting.discard(other)
                        continue
                waiting.discard(other)
                self._drop(other, "has ended")
        answer = _encode(mine)
        for other in list(self.others):
            try:
                other.sendall(answer)
            except OSError:
                self._drop(other, "has ended")
        return mine, times

    def _drop(self, other: socket.socket, why: str) -> None:
        self.others.pop(other, None)
        rank = self.ranks.pop(other, None)
        other.close()
        if rank is not None:
            print(f"unfold: rank {rank} {why} and is waited for no more", file=sys.stderr)

    def _unlink(self) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self.path)

    def close(self) -> None:
        self._unlink()
        for end in [self.listener, *self.others]:
            end.close()
        self.others.clear()


class _RankHere:
    """Another rank's side: says how long its step took, and hears what rank 0 was asked."""

    def __init__(self, rank: int, patience: float) -> None:
        self.rank = rank
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.incoming = bytearray()
        end = time.monotonic() + patience
        while True:
            try:
                return self.socket.connect(_ranks_path())
            except OSError:
                # Rank 0 is not at its first step yet.
                if time.monotonic() >= end:
                    self.socket.close()
                    raise
                time.sleep(0.02)

    def exchange(self, mine: Dict[str, Any], took: float) -> Tuple[Dict[str, Any], Dict[int, float]]:
        self.socket.sendall(_encode({"rank": self.rank, "took": took}))
        while b"\n" not in self.incoming:
            data = self.socket.recv(1 << 14)
            if not data:
                raise ConnectionError("rank 0 has ended")
            self.incoming += data
        line, _, rest = self.incoming.partition(b"\n")
        self.incoming = bytearray(rest)
        return json.loads(line), {}

    def close(self) -> None:
        self.socket.close()


def _ranks_path() -> str:
    """A name that only the ranks of one launch have in common: a socket's path must be short."""
    launch = "-".join(os.environ.get(name, "") for name in (
        "UNFOLD_DIR", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "MASTER_PORT"))
    mark = hashlib.sha256(launch.encode("utf-8", "replace")).hexdigest()[:24]
    return os.path.join(tempfile.gettempdir(), f"unfold-{os.getuid()}-{mark}")


class _RanksApart:
    """Ranks on several machines, through a group of their own beside the job's."""

    KNOBS = 16

    @classmethod
    def found(cls, distributed: Any, is_watched: bool) -> Any:
        way = cls(distributed)
        first = way.torch.tensor([float(is_watched)])
        distributed.broadcast(first, 0, group=way.group)
        return way if bool(first[0]) else False

    def __init__(self, distributed: Any) -> None:
        self.torch = sys.modules["torch"]
        self.distributed = distributed
        self.group = distributed.new_group(backend="gloo")
        self.count = distributed.get_world_size()

    def exchange(self, mine: Dict[str, Any], took: float) -> Tuple[Dict[str, Any], Dict[int, float]]:
        torch = self.torch
        knobs = mine["knobs"][: self.KNOBS]
        values = [float(mine["paused"]), float(mine["stopped"]), *knobs]
        said = torch.tensor(values, dtype=torch.float64)
        self.distributed.broadcast(said, 0, group=self.group)
        times = [torch.zeros(1, dtype=torch.float64) for _ in range(self.count)]
        self.distributed.all_gather(
            times, torch.tensor([took], dtype=torch.float64), group=self.group)
        decided = {"paused": bool(said[0]), "stopped": bool(said[1]), "knobs": said[2:].tolist()}
        return decided, {rank: float(took) for rank, took in enumerate(times)}

    def close(self) -> None:
        self.group = None


# MARK: Other trainers


def trainer_callback(**options: Any) -> Any:
    """For Hugging Face's Trainer: `Trainer(..., callbacks=[unfold.trainer_callback()])`."""
    from transformers import TrainerCallback  # type: ignore

    class Callback(TrainerCallback):
        watch: Optional[Watch] = None

        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self.watch = Watch(kwargs.get("model"), kwargs.get("optimizer"),
                               kwargs.get("lr_scheduler"), total_steps=state.max_steps, **options)
            self.watch._in_steps = True

        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
            if self.watch is not None:
                self.watch.step = state.global_step
                self.watch._hello()
                self.watch._between_steps()
                control.should_training_stop = control.should_training_stop or self.watch.stopped
            return control

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
            if self.watch is not None:
                self.watch.step = state.global_step
                control.should_training_stop = control.should_training_stop or self.watch.stopped
            return control

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
            if self.watch is not None and logs:
                numbers = {k: v for k, v in logs.items() if isinstance(v, (int, float))}
                self.watch.log(step=state.global_step, **numbers)

        def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if self.watch is not None:
                self.watch.finish()

    return Callback()


def lightning_callback(**options: Any) -> Any:
    """For Lightning: `Trainer(..., callbacks=[unfold.lightning_callback()])`."""
    try:
        from lightning.pytorch import Callback as Base  # type: ignore
    except ImportError:
        from pytorch_lightning import Callback as Base  # type: ignore

    class Callback(Base):  # type: ignore
        watch: Optional[Watch] = None

        def on_train_start(self, trainer: Any, module: Any) -> None:
            optimizers = trainer.optimizers
            total = trainer.estimated_stepping_batches
            self.watch = Watch(module, optimizers[0] if optimizers else None,
                               total_steps=int(total) if math.isfinite(total) else None, **options)
            self.watch._in_steps = True

        def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, batch_idx: int) -> None:
            if self.watch is not None:
                self.watch.step = trainer.global_step
                self.watch._hello()
                self.watch._between_steps()
                trainer.should_stop = trainer.should_stop or self.watch.stopped

        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any,
                               batch_idx: int) -> None:
            if self.watch is None:
                return
            numbers = dict(trainer.callback_metrics)
            loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
            if loss is not None:
                numbers["loss"] = loss
            self.watch.log(step=trainer.global_step,
                           **{k: v for k, v in numbers.items() if k != "step"})

        def on_train_end(self, trainer: Any, module: Any) -> None:
            if self.watch is not None:
                self.watch.finish()

    return Callback()


def keras_callback(**options: Any) -> Any:
    """For Keras: `model.fit(..., callbacks=[unfold.keras_callback()])`."""
    try:
        import keras  # type: ignore
    except ImportError:
        from tensorflow import keras  # type: ignore

    class Callback(keras.callbacks.Callback):  # type: ignore
        watch: Optional[Watch] = None

        def on_train_begin(self, logs: Any = None) -> None:
            self.watch = Watch(**options)
            self.watch._in_steps = True
            rate = getattr(getattr(self.model, "optimizer", None), "learning_rate", None)
            if rate is not None and hasattr(rate, "assign"):
                knob = Knob("learning-rate", float(rate), "factor", lambda v: rate.assign(v))
                self.watch._knobs["learning-rate"] = knob
            self.watch.snapshot(lambda path: self.model.save(path[:-3] + ".keras"))

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if self.watch is not None:
                self.watch._hello()
                self.watch._between_steps()
                if self.watch.stopped:
                    self.model.stop_training = True

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if self.watch is not None:
                self.watch.step += 1
                self.watch.log(step=self.watch.step, **(logs or {}))

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if self.watch is not None and logs and "val_loss" in logs:
                self.watch.validation(logs["val_loss"])

        def on_train_end(self, logs: Any = None) -> None:
            if self.watch is not None:
                self.watch.finish()

    return Callback()


def watch(model: Any = None, optimizer: Any = None, scheduler: Any = None, **options: Any) -> Watch:
    """Begins to watch a training loop.

    Args:
        model: a torch module, or nothing for any other loop.
        optimizer: its torch optimizer, whose rates become knobs.
        scheduler: its learning-rate schedule, which follows a rate that was set.
        options: `name`, `total_steps`, `clip_norm` (a knob for `clip`), `symbols` (names of token
            ids: a list or a function), `log` (where lines go without a dashboard: a path, a file,
            or False; standard output otherwise).
    """
    return Watch(model, optimizer, scheduler, **options)
