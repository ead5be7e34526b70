import ArgumentParser
import Presets
import Sessions

struct PythonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "python",
    abstract: "Print unfold.py, the helper for training jobs written in Python.",
    discussion: """
      `unfold python > unfold.py` puts it beside a script. Two lines then give the dashboard hidden \
      states, gradients and every key: `watch = unfold.watch(model, optimizer)`, and \
      `for batch in watch.steps(loader):` with `watch.log(loss=loss)` in the loop. \
      `unfold run -- python train.py` starts it.
      """)

  func run() throws {
    let text = EmbeddedFiles.python
    try SafeOutput.show(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}
