"""Jobs, dashboards and sockets that misbehave, under the whole program.

    python3 Tests/Endurance/faults.py [--megabytes 1000] [--events 1000000] [--only flood,events,...]

- output: a job that floods its output, with everything a terminal obeys in it: unfold's memory stays
  bounded, the dashboard answers a key meanwhile, nothing reaches the terminal raw;
- events: a job that tells its steps as fast as it can: the record has each once;
- deaf: a job that never reads its commands goes on, is told of, and is ended all the same;
- forks: children that hold the job's terminal and line do not keep unfold, and go with the job;
- killed: a job that is killed leaves its last words, its status and a whole record;
- commands: two dashboards that command at once see the same, and the last one wins;
- left: a socket that a killed run left behind is no run, and makes way for the next;
- strangers: nobody attaches to another user's run, whichever of the two is root;
- tomorrow: a run that speaks a later version of the protocol is shown as far as it is understood.
"""

import argparse
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", ROOT + "/.build/release/unfold")

# What every job here begins with: its line, by hand.
LINE = """
import json, os, signal, socket, sys, time
line = socket.socket(fileno=os.dup(int(os.environ["UNFOLD_FD"])))
def tell(**event):
    line.sendall((json.dumps(event) + "\\n").encode())
"""


def until(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)


def processes(word):
    """unfold's own processes with a word in their arguments, by number with their resident bytes."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if word.encode() not in file.read():
                        continue
                if os.path.basename(os.readlink(f"/proc/{name}/exe")) == "unfold":
                    with open(f"/proc/{name}/statm") as file:
                        found[int(name)] = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except OSError:
                pass
    return found


def steps(run):
    with open(os.path.join(run, "events.jsonl"), "rb") as file:
        return [int(line.split(b'"step":', 2)[1].split(b",")[0].rstrip(b"}\n"))
                for line in file if line.startswith(b'{"event":"step"') and line.endswith(b"\n")]


def events(run):
    with open(os.path.join(run, "events.jsonl"), "rb") as file:
        return [json.loads(line) for line in file if not line.startswith(b'{"event":"step"')]


class Screen:
    """A real terminal."""

    def __init__(self, directory):
        self.name = "unfold-" + uuid.uuid4().hex
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-c", directory,
                  f"env XDG_CONFIG_HOME={directory} PS1='ready> ' bash --noprofile --norc -i")
        self.until("ready>")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-L", self.name, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    @property
    def text(self):
        return self.tmux("capture-pane", "-p")

    def until(self, words, seconds=60):
        try:
            until(words, lambda: words in self.text, seconds)
        except AssertionError as problem:
            raise AssertionError(f"{problem}:\n{self.text}") from None

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def press(self, key):
        self.tmux("send-keys", key)

    def close(self):
        subprocess.run(["tmux", "-L", self.name, "kill-server"], stderr=subprocess.DEVNULL)


class Dashboard:
    """A dashboard in a dozen lines: what it was told, and commands."""

    def __init__(self, run):
        self.socket = socket.socket(socket.AF_UNIX)
        # A socket's path must be short: it is named from its directory.
        here = os.open(".", os.O_RDONLY)
        try:
            os.chdir(run)
            self.socket.connect("socket")
        finally:
            os.fchdir(here)
            os.close(here)
        self.told = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        with self.socket.makefile("rb") as file:
            try:
                for line in file:
                    self.told.append(json.loads(line))
            except (OSError, ValueError):
                pass

    def send(self, **command):
        self.socket.sendall((json.dumps(command) + "\n").encode())

    def of(self, kind):
        return [event for event in list(self.told) if event.get("event") == kind]


class Place:
    def __init__(self, directory, options):
        self.directory, self.options = directory, options

    def path(self, name):
        return os.path.join(self.directory, name)

    def script(self, name, text):
        path = self.path(name + ".py")
        with open(path, "w") as file:
            file.write(text)
        return path

    def host(self, name, text):
        """Starts a job in the background. Returns its run."""
        run = self.path(name)
        subprocess.run([UNFOLD, "run", "--detach", "--out", run, "--", sys.executable, self.script(name, text)],
                       check=True, stdout=subprocess.DEVNULL, cwd=self.directory)
        return run


# MARK: Floods


def flood_of_output(place):
    size = place.options.megabytes * 1_000_000
    script = place.script("output", f"""
import os, sys
piece = b"".join(b"\\033]0;stolen title\\007\\033[2J\\033[31mRAW %06d\\033[m\\033[?1049l\\033[5;5Hmoved\\r\\n" % i
                 for i in range(1000))
left = {size}
while left > 0:
    left -= os.write(1, piece)
os.write(1, b"\\r\\nthe last line\\r\\n")
sys.exit(3)
""")
    run, screen = place.path("output"), Screen(place.directory)
    try:
        screen.type(f"{UNFOLD} run --out {run} -- {sys.executable} {script}; echo left $?")
        screen.press("Enter")
        screen.until("RAW")
        began, most, delays = time.monotonic(), 0, []
        while "exit status 3" not in screen.text:
            if time.monotonic() - began > 1800:
                raise AssertionError(f"the flood does not end:\\n{screen.text}")
            most = max([most, *processes(run).values()])
            asked = time.monotonic()
            screen.type("?")
            until("help during the flood", lambda: "━ Help" in screen.text or "exit status 3" in screen.text, 20)
            delays.append(time.monotonic() - asked)
            screen.press("Escape")
            until("no help", lambda: "━ Help" not in screen.text, 20)
        took = time.monotonic() - began
        screen.until("the last line")
        text = screen.text
        assert "stolen" not in screen.tmux("display-message", "-p", "#{pane_title}"), "the title was stolen"
        assert "Console" in text and "\\033" not in text, text
        assert most < 400_000_000, f"{most / 1e6:.0f} MB resident"
        screen.press("q")
        screen.until("left 3")
        # What was on screen before the dashboard is there again, and nothing of the job's.
        assert "RAW" not in screen.text.split("left 3")[0].rsplit("\n", 1)[-1], screen.text
        kept = os.path.getsize(os.path.join(run, "console.log"))
        assert kept <= (64 << 20) + 100, f"console.log has {kept} bytes"
        return (f"{size / 1e6:.0f} MB in {took:.0f} s, {most / 1e6:.0f} MB resident at most, "
                f"keys answered within {max(delays):.1f} s")
    finally:
        screen.close()


def flood_of_events(place):
    count = place.options.events
    run = place.host("events", LINE + f"""
tell(event="hello", protocol=1, can=["stop"])
began, step = time.monotonic(), 1
while step <= {count}:
    line.sendall("".join('{{"step":%d,"loss":%.6f,"grad_norm":1.5}}\\n' % (n, 1 / n)
                         for n in range(step, min(step + 1000, {count} + 1))).encode())
    step += 1000
    # A hundred thousand a second, as long as they are taken.
    time.sleep(max(0, began + step / 1e5 - time.monotonic()))
print("told in", time.monotonic() - began, flush=True)
""")
    reader = Dashboard(run)
    most = 0
    while processes(run):
        most = max([most, *processes(run).values()])
        time.sleep(0.1)
    found = steps(run)
    missing = count - len(found)
    assert found == list(range(1, count + 1)), f"{missing} of {count} steps missing, or doubled"
    assert most < 600_000_000, f"{most / 1e6:.0f} MB resident"
    with open(os.path.join(run, "console.log")) as file:
        took = float(file.read().split()[-1])
    # A dashboard is told each step, or a summary of those that it was too slow for: as far as it came.
    reader.thread.join(60)
    seen = 0
    for event in reader.told:
        if event.get("event") == "step":
            first, last = event["step"], event["step"]
        elif event.get("event") == "steps":
            first, last = event["firstStep"], event["firstStep"] + event["count"] - 1
        else:
            continue
        assert first == seen + 1, f"a dashboard was told step {first} after step {seen}"
        seen = last
    assert seen > 0
    return f"{count} steps at {count / took:,.0f} a second, each recorded once, {most / 1e6:.0f} MB resident at most"


# MARK: Jobs


def deaf(place):
    run = place.host("deaf", LINE + """
tell(event="hello", protocol=1, can=["pause", "step", "set", "stop"], knobs=[{"key": "rate", "value": 1}])
for step in range(1, 10**6):
    tell(step=step, loss=1 / step)
    time.sleep(0.005)
""")
    dashboard = Dashboard(run)
    until("steps", lambda: len(dashboard.of("step")) > 3)
    for value in range(20_000):
        dashboard.send(command="set", key="rate", value=value)
    until("a word of the deaf job", lambda: any("does not read" in e["text"] for e in dashboard.of("refused")), 30)
    before = len(steps(run))
    until("steps of the deaf job", lambda: len(steps(run)) > before + 20)
    began = time.monotonic()
    subprocess.run([UNFOLD, "runs", "stop", run], check=True, stdout=subprocess.DEVNULL, timeout=60)
    until("the deaf job's end", lambda: not processes(run))
    found = steps(run)
    assert found == list(range(1, len(found) + 1)), "steps are missing or doubled"
    return f"told of, and ended {time.monotonic() - began:.0f} s after it was asked"


def forks(place):
    run = place.path("forks")
    script = place.script("forks", LINE + f"""
def child(name, leaves):
    if os.fork() == 0:
        if leaves:
            os.setsid()
        open(name, "w").write(str(os.getpid()))
        for _ in range(600):
            time.sleep(0.1)
        os._exit(0)
child({place.path("group")!r}, False)
child({place.path("daemon")!r}, True)
while not (os.path.exists({place.path("group")!r}) and os.path.exists({place.path("daemon")!r})):
    time.sleep(0.01)
tell(step=1, loss=1)
sys.exit(5)
""")
    began = time.monotonic()
    done = subprocess.run([UNFOLD, "run", "--out", run, "--", sys.executable, script], cwd=place.directory,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=40)
    took = time.monotonic() - began
    assert done.returncode == 5, done.returncode
    numbers = {name: int(open(place.path(name)).read()) for name in ("group", "daemon")}
    until("the child's end", lambda: not os.path.exists(f"/proc/{numbers['group']}") or
          open(f"/proc/{numbers['group']}/stat").read().rsplit(")", 1)[1].split()[0] == "Z", 10)
    # Who leaves the job's session has left it; a daemon is nobody's child.
    os.kill(numbers["daemon"], signal.SIGKILL)
    assert not os.path.exists(os.path.join(run, "socket")) and steps(run) == [1]
    return f"ended {took:.1f} s after it was started"


def killed(place):
    run, screen = place.path("killed"), Screen(place.directory)
    script = place.script("killed", LINE + """
for step in range(1, 51):
    tell(step=step, loss=1 / step)
print("the last words", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""")
    try:
        screen.type(f"{UNFOLD} run --out {run} -- {sys.executable} {script}; echo left $?")
        screen.press("Enter")
        screen.until("the last words")
        until("its status", lambda: "SIGKILL" in screen.text or "137" in screen.text or "signal 9" in screen.text)
        screen.press("q")
        screen.until("left 137")
    finally:
        screen.close()
    assert steps(run) == list(range(1, 51))
    assert any(event["event"] == "finished" for event in events(run))
    return "status 137, the record is whole"


# MARK: Dashboards


def commands(place):
    shutil.copy(place.path("unfold.py"), place.path("unfold_copy.py"))
    run = place.host("commands", """
import time, unfold
watch = unfold.watch(name="commands")
rate = watch.knob("rate", 1.0)
for batch in watch.steps(range(10**6)):
    watch.log(loss=1.0, rate=rate.value)
    time.sleep(0.002)
""")
    first, second = Dashboard(run), Dashboard(run)
    until("steps", lambda: first.of("step") and second.of("step"))
    senders = [threading.Thread(target=lambda d=d, base=base: [d.send(command="set", key="rate", value=base + n)
                                                               for n in range(200)])
               for d, base in ((first, 1000), (second, 2000))]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    def seen(dashboard):
        return [event["value"] for event in dashboard.of("command") if event.get("name") == "rate"]
    until("all commands on both", lambda: len(seen(first)) == 400 and len(seen(second)) == 400)
    assert seen(first) == seen(second), "the two saw different orders"
    for base in (1000, 2000):
        assert [v for v in seen(first) if base <= v < base + 1000] == [base + n for n in range(200)], \
            "commands of one dashboard changed their order"
    last = seen(first)[-1]
    until("the last value in the loop", lambda: any(
        event["event"] == "values" and event.get("values", {}).get("rate") == last or
        event["event"] == "step" and event.get("rate") == last for event in list(first.told)[-50:]))
    subprocess.run([UNFOLD, "runs", "stop", run], check=True, stdout=subprocess.DEVNULL)
    return f"400 commands, the same order on both, the last one ({last:.0f}) stands"


TINY = [part for key in ("network.hidden=4", "training.batch=1", "training.sequence-length=4")
        for part in ("--set", key)]


def left(place):
    run = place.path("left")
    subprocess.run([UNFOLD, "train", "words", "--detach", "--out", run, *TINY, "--set",
                    "training.snapshot-every=500", "--steps", "100000000"],
                   check=True, stdout=subprocess.DEVNULL, cwd=place.directory)
    until("a snapshot", lambda: os.path.isdir(run + "/snapshots") and
          any(name.startswith("step-") for name in os.listdir(run + "/snapshots")))
    for number in processes(run):
        os.kill(number, signal.SIGKILL)
    until("its end", lambda: not processes(run))
    assert os.path.exists(run + "/socket"), "a killed process takes its socket away?"
    done = subprocess.run([UNFOLD, "attach", run], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "no process serves" in done.stderr and done.stderr.count("\n") == 1, done
    subprocess.run([UNFOLD, "train", "--resume", run, "--detach"], check=True, stdout=subprocess.DEVNULL,
                   cwd=place.directory)
    dashboard = Dashboard(run)
    until("steps of the resumed run", lambda: dashboard.of("step"))
    subprocess.run([UNFOLD, "runs", "stop", run], check=True, stdout=subprocess.DEVNULL)
    # The record is only added to: what was trained after the last snapshot stands there once more.
    found = steps(run)
    again = [i for i in range(1, len(found)) if found[i] != found[i - 1] + 1]
    assert len(again) <= 1 and all(found[i] % 500 == 1 and found[i] <= found[i - 1] for i in again), again
    assert set(found) == set(range(1, max(found) + 1)) and not os.path.exists(run + "/socket")
    return f"refused, then served anew and gone on with at step {found[again[0]] if again else found[-1]}"


def strangers(place):
    if os.geteuid() != 0:
        return "passed over: it needs two users"
    other = pwd.getpwnam("nobody")

    def become():
        os.setgroups([])
        os.setgid(other.pw_gid)
        os.setuid(other.pw_uid)
    home = tempfile.mkdtemp(prefix="unfold-nobody-")
    binary = os.path.join(home, "unfold")
    shutil.copy(UNFOLD, binary)
    resources = os.path.join(os.path.dirname(UNFOLD), "unfold_Presets.resources")
    if os.path.isdir(resources):
        shutil.copytree(resources, os.path.join(home, "unfold_Presets.resources"))
    for directory, folders, files in os.walk(home):
        for name in [directory, *(os.path.join(directory, f) for f in files)]:
            os.chown(name, other.pw_uid, other.pw_gid)
    run = os.path.join(home, "run")
    try:
        theirs = subprocess.Popen([binary, "train", "words", "--headless", "--out", run, *TINY, "--steps", "100000000"],
                                  preexec_fn=become, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("their socket", lambda: os.path.exists(run + "/socket"))
        assert os.stat(run + "/socket").st_mode & 0o777 == 0o600
        done = subprocess.run([UNFOLD, "attach", run], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert done.returncode == 2 and "another user" in done.stderr and done.stderr.count("\n") == 1, done
        # Who may open any file is sent away by whoever serves.
        with socket.socket(socket.AF_UNIX) as raw:
            raw.settimeout(20)
            raw.connect(run + "/socket")
            try:
                assert raw.recv(1) == b"", "root was served"
            except ConnectionResetError:
                pass
        theirs.terminate()
        assert theirs.wait(60) == 128 + signal.SIGTERM
        # The other way round, the file's mode is enough.
        mine = os.path.join(home, "mine")
        ours = subprocess.Popen([UNFOLD, "train", "words", "--headless", "--out", mine, *TINY, "--steps", "100000000"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("our socket", lambda: os.path.exists(mine + "/socket"))
        done = subprocess.run([binary, "attach", mine], preexec_fn=become, cwd=home, stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True)
        assert done.returncode == 2 and "another user" in done.stderr and done.stderr.count("\n") == 1, done
        ours.terminate()
        ours.wait(60)
        return done.stderr.strip().rsplit(": ", 1)[-1]
    finally:
        shutil.rmtree(home)


def tomorrow(place):
    run = place.path("tomorrow")
    os.mkdir(run)
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.path.join(run, "socket"))
    server.listen()

    def serve():
        end, _ = server.accept()
        for event in ({"event": "hello", "protocol": 99, "can": ["pause", "teleport"], "knobs": [{"key": "a", "later": {}}],
                       "crew": [1, 2]},
                      {"event": "hologram", "step": 1, "shape": {"deep": [[[]]]}},
                      {"event": "step", "step": 7, "loss": 0.5, "entropy": {"of": "tomorrow"}},
                      {"event": "statistics", "step": 7, "parameters": "renamed"},
                      {"event": "finished", "reason": "ascended", "step": 7}):
            end.sendall((json.dumps(event) + "\n").encode())
        time.sleep(0.5)
        end.close()
    threading.Thread(target=serve, daemon=True).start()
    done = subprocess.run([UNFOLD, "attach", run], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    server.close()
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and not done.stderr, done
    assert [e["step"] for e in told if e["event"] == "step"] == [7], told
    assert not any(e["event"] == "hologram" for e in told), told
    assert next(e for e in told if e["event"] == "hello")["can"] == ["pause"], told
    return f"{len(told)} of 5 events understood"


CHECKS = {"output": flood_of_output, "events": flood_of_events, "deaf": deaf, "forks": forks, "killed": killed,
          "commands": commands, "left": left, "strangers": strangers, "tomorrow": tomorrow}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--only", default=",".join(CHECKS))
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="faults-") as directory:
        with open(os.path.join(directory, "unfold.py"), "wb") as file:
            file.write(subprocess.run([UNFOLD, "python"], check=True, stdout=subprocess.PIPE).stdout)
        for name in options.only.split(","):
            try:
                print(f"{name}: {CHECKS[name](Place(directory, options))}", flush=True)
            except AssertionError as problem:
                failed = True
                print(f"{name}: FAILED: {problem}", flush=True)
        for number in processes(directory):
            os.kill(number, signal.SIGKILL)
    sys.exit(failed)


if __name__ == "__main__":
    main()
