import Foundation

/// Numbers that stand behind a label on screen, or before it, and what they must be.
struct Fact {
  /// What one number must be: any of these; where there are none, nothing is known, and a dash is
  /// right.
  struct Number {
    var values: [Double]
    var form = ShownNumber.Form.number
  }

  var label: String
  var numbers: [Number]
  /// Whether the label stands behind its number, as `steps/s` does.
  var isBehind = false
  /// What the row has to hold, and what it must not; any row will do without.
  var row: String?
  var notRow: [String] = []
  /// Whether a large screen has to show it somewhere.
  var isRequired = true

  init(
    _ label: String, _ value: Double?, _ form: ShownNumber.Form = .number, isBehind: Bool = false,
    row: String? = nil, notRow: [String] = [], isRequired: Bool = true
  ) {
    let known = value.flatMap { $0.isNaN ? nil : $0 }
    self.init(label, anyOf: known.map { [$0] } ?? [], form)
    (self.isBehind, self.row, self.notRow) = (isBehind, row, notRow)
    self.isRequired = isRequired && known != nil
  }

  init(_ label: String, anyOf values: [Double], _ form: ShownNumber.Form = .number) {
    self.label = label
    numbers = [Number(values: values, form: form)]
    isRequired = false
  }

  init(_ label: String, row: String? = nil, each numbers: [Number]) {
    self.label = label
    self.numbers = numbers
    self.row = row
    isRequired = false
  }

  /// What the screen says of it.
  struct Finding {
    var isShown = false
    var wrong: [String] = []
  }

  func find(in rows: [String]) -> Finding {
    var finding = Finding()
    for text in rows {
      if let row, text.range(of: row, options: .literal) == nil { continue }
      if notRow.contains(where: { text.range(of: $0, options: .literal) != nil }) { continue }
      var rest = text.startIndex..<text.endIndex
      while let place = text.range(of: label, options: .literal, range: rest) {
        rest = place.upperBound..<text.endIndex
        if isBehind {
          judge(Self.before(text[..<place.lowerBound], numbers[0].form), text, &finding)
        } else {
          judge(text[place.upperBound...], text, &finding)
        }
      }
    }
    return finding
  }

  private func judge(_ text: Substring, _ row: String, _ finding: inout Finding) {
    var text = text.drop { $0 == " " }
    for number in numbers {
      guard !text.hasPrefix("–") else {
        if let value = number.values.first, number.values.count == 1 {
          finding.wrong.append("“\(label)” has a dash where \(value) is known")
        }
        text = text.dropFirst().drop { $0 == " " }
        continue
      }
      guard let shown = ShownNumber(text, as: number.form) else { return }
      guard !shown.isCut else { return }
      finding.isShown = true
      if !number.values.contains(where: shown.means) {
        finding.wrong.append(
          "“\(label)” says \(shown.value), but it is \(number.values.map { "\($0)" }): \(row)")
      }
      text = text.drop { $0 != " " }.drop { $0 == " " }
    }
  }

  /// The number that a text ends with, with its unit.
  private static func before(_ text: Substring, _ form: ShownNumber.Form) -> Substring {
    let words = text.split(separator: " ")
    let hasUnit = ["k", "M", "G", "%"].contains(words.last)
    return words.suffix(hasUnit ? 2 : 1).joined(separator: " ")[...]
  }
}
