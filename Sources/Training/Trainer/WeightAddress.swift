import RecurrentNetworks
import TrainingEvents

/// Weights that a person picks out of a network: a parameter by its symbol or its name in files,
/// and places in it counted from 0. `W[0,1]` is one weight, `W[0]` a row, `W[:,1]` a column, and a
/// gate's symbol stands for all its rows, as in `b[f]`.
struct WeightAddress {
  /// As it was written.
  let text: String
  let parameter: String
  /// One or two places.
  let places: [String]

  /// Nil where a text is no address.
  init?(_ text: String) {
    guard let open = text.firstIndex(of: "["), open != text.startIndex, text.hasSuffix("]") else {
      return nil
    }
    let inner = text[text.index(after: open)...].dropLast()
    self.text = text
    parameter = String(text[..<open])
    places = inner.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0).trimmingSpaces }
  }

  /// A parameter with the names that its rows and columns have besides their numbers.
  struct Table {
    var symbol: String
    var name: String
    var rows: Int
    /// 1 for a vector.
    var columns: Int
    var rowNames: [String: Range<Int>] = [:]
    var columnNames: [String: Range<Int>] = [:]
  }

  /// The parameter among a network's, and the rows and columns in it.
  /// - Throws: `PresetError` with what there is
  func find(
    among tables: [Table]
  ) throws(PresetError) -> (table: Int, rows: Range<Int>, columns: Range<Int>) {
    guard let index = tables.firstIndex(where: { $0.symbol == parameter || $0.name == parameter })
    else {
      throw PresetError(
        description: "\(text): there is no parameter \(parameter); there are "
          + tables.map(\.symbol).joined(separator: ", "))
    }
    let table = tables[index]
    let isFlat = table.rows == 1 || table.columns == 1
    guard places.count == 1 || (places.count == 2 && !isFlat) else {
      throw PresetError(
        description: "\(text): found \(places.count) places, expected "
          + (isFlat ? "one" : "a row and a column, as \(parameter)[0,1]"))
    }
    if table.rows == 1 {
      let columns = try range(places[0], table.columns, table.columnNames, "place")
      return (index, 0..<1, columns)
    }
    let rows = try range(places[0], table.rows, table.rowNames, isFlat ? "place" : "row")
    let columns =
      places.count == 2
      ? try range(places[1], table.columns, table.columnNames, "column") : 0..<table.columns
    return (index, rows, columns)
  }

  private func range(
    _ word: String, _ count: Int, _ names: [String: Range<Int>], _ kind: String
  ) throws(PresetError) -> Range<Int> {
    if word == ":" { return 0..<count }
    if let named = names[word] { return named }
    if let number = Int(word), (0..<count).contains(number) { return number..<number + 1 }
    let known = names.isEmpty ? "" : " or one of " + names.keys.sorted().joined(separator: " ")
    throw PresetError(
      description: "\(text): found \(kind) \(word.isEmpty ? "nothing" : word), expected 0 to "
        + "\(count - 1)\(known), or : for all")
  }

  /// A weight's value as it was written.
  func value(_ text: String) throws(PresetError) -> Double {
    guard let value = Double(text), Float(value).isFinite else {
      throw PresetError(description: "\(self.text): found \(text), expected a number")
    }
    return value
  }

  /// What an edit of these weights did.
  func change(from old: [Double], to value: Double) -> LiveHyperparameters.Change {
    let isOne = Set(old).count == 1
    let before = isOne ? ShortNumber.text(old[0]) : "\(old.count) weights"
    let count = isOne && old.count > 1 ? "\(old.count) weights " : ""
    return LiveHyperparameters.Change(
      name: text, text: "\(text) \(count)\(before) → \(ShortNumber.text(value))",
      marker: "\(text) \(ShortNumber.text(value))", value: value,
      previous: isOne ? "\(old[0])" : nil)
  }
}

extension Trainer {
  /// Gives weights a value between two steps; training goes on from there.
  func edit(_ address: WeightAddress, to text: String) throws(PresetError)
    -> LiveHyperparameters.Change
  {
    let value = try address.value(text)
    let all = network.layout.parameters
    let (index, rows, columns) = try address.find(among: all.map(table))
    let matrix = parameters.matrix(all[index])
    let mean = average?.weights.matrix(all[index])
    var old: [Double] = []
    for row in rows {
      for column in columns {
        old.append(Double(matrix[row, column]))
        matrix[row, column] = Float(value)
        // What is judged is what was edited; from the next update on it moves as the average does.
        mean?.row(row)[column] = Float(value)
      }
    }
    isUpdateMeasured = false
    return address.change(from: old, to: value)
  }

  private func table(_ parameter: Parameter) -> WeightAddress.Table {
    var table = WeightAddress.Table(
      symbol: parameter.symbol, name: parameter.name, rows: parameter.rows,
      columns: parameter.columns)
    let gates = network.configuration.cellDescription.gates
    if gates.count > 1, parameter.gates == gates.count {
      let units = parameter.rows / gates.count
      for (gate, description) in gates.enumerated() {
        table.rowNames[description.symbol] = gate * units..<(gate + 1) * units
      }
    }
    return table
  }
}

extension HandBuiltNetwork {
  /// Its parameters as a person names them: rows and columns by unit and by symbol.
  var tables: [WeightAddress.Table] {
    let units = Self.names(self.units)
    let symbols = Self.names(design.alphabet.map { String($0) })
    let known: [String: (symbol: String, rows: [String: Range<Int>], columns: [String: Range<Int>])]
    known = [
      "rnn.weight_ih_l0": ("U", units, symbols), "rnn.weight_hh_l0": ("W", units, units),
      "rnn.bias_ih_l0": ("b", units, [:]), "rnn.initial_state_l0": ("s₀", units, [:]),
      "head.weight": ("v", [:], units), "head.bias": ("c", [:], [:]),
    ]
    return tensors.map { tensor in
      let names = known[tensor.name]
      return WeightAddress.Table(
        symbol: names?.symbol ?? tensor.name, name: tensor.name, rows: tensor.shape.first ?? 1,
        columns: tensor.shape.count > 1 ? tensor.shape[1] : 1, rowNames: names?.rows ?? [:],
        columnNames: names?.columns ?? [:])
    }
  }

  private static func names(_ all: [String]) -> [String: Range<Int>] {
    Dictionary(
      all.enumerated().map { ($1, $0..<$0 + 1) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same network with some weights of another value.
  func editing(
    _ address: WeightAddress, to text: String
  ) throws(PresetError) -> (network: HandBuiltNetwork, change: LiveHyperparameters.Change) {
    let value = try address.value(text)
    var tensors = self.tensors
    let tables = self.tables
    let (index, rows, columns) = try address.find(among: tables)
    var old: [Double] = []
    for row in rows {
      for column in columns {
        let place = row * tables[index].columns + column
        old.append(tensors[index].values[place])
        tensors[index].values[place] = value
      }
    }
    guard let network = with(tensors) else {
      throw PresetError(description: "\(address.text): it does not fit this network")
    }
    return (network, address.change(from: old, to: value))
  }
}
