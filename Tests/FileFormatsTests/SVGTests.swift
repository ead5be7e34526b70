import Foundation
import FoundationXML
import Testing

@testable import FileFormats

@Suite struct SVGTests {
  private static func chart(isLogarithmic: Bool = false) -> SVGLineChart {
    let x = (0..<300).map { Double($0 * 10) }
    var chart = SVGLineChart(
      title: "Loss <words> & \"more\"\u{1B}", subtitle: "tanh 128", xLabel: "step",
      yLabel: "loss (nats per character)", isLogarithmic: isLogarithmic,
      series: [
        .init(
          name: "training", color: .raw, x: x,
          y: x.map { $0 == 50 ? .nan : 2 + 1 / (1 + $0) },
          band: x.map { (low: 1.9 + 1 / (1 + $0), high: 2.2 + 1 / (1 + $0)) }),
        .init(
          name: "validation", color: .validation, x: [500, 1500], y: [2.5, 2.4], hasDots: true),
      ])
    chart.markers = [.init(x: 700, text: "lr ÷2")]
    chart.levels = [.init(y: 2.3, text: "best")]
    return chart
  }

  private static func parse(_ svg: String) -> Bool {
    XMLParser(data: Data(svg.utf8)).parse()
  }

  @Test(arguments: SVGScheme.allCases, [false, true])
  func chartsAreWellFormedAndHaveTheirParts(scheme: SVGScheme, isLogarithmic: Bool) {
    let svg = Self.chart(isLogarithmic: isLogarithmic).svg(scheme: scheme)
    #expect(Self.parse(svg))
    for part in ["loss (nats per character)", ">step<", ">validation<", "lr ÷2", "best", "&lt;"] {
      #expect(svg.contains(part), "\(part)")
    }
    #expect(svg.contains("prefers-color-scheme") == (scheme == .automatic))
    #expect(!svg.unicodeScalars.contains("\u{1B}"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func aGapBreaksTheCurve() {
    let svg = SVGLineChart(
      title: "", xLabel: "", yLabel: "",
      series: [.init(name: "a", color: .raw, x: [0, 1, 2, 3], y: [1, .nan, 2, 3])]
    ).svg()
    let path = svg.components(separatedBy: "d=\"").last ?? ""
    #expect(path.prefix { $0 != "\"" }.filter { $0 == "M" }.count == 2)
  }

  @Test func aLegendOfSeveralRowsKeepsThemApart() {
    let svg = SVGLineChart(
      title: "", xLabel: "", yLabel: "",
      series: (0..<9).map {
        .init(name: "a series with a long name \($0)", color: .raw, x: [0, 1], y: [1, 2])
      }
    ).svg()
    let heights = svg.components(separatedBy: "stroke-width=\"3\"").dropFirst().compactMap {
      $0.components(separatedBy: "y1=\"").dropFirst().first.flatMap {
        Double($0.prefix { $0 != "\"" })
      }
    }
    #expect(heights.count == 9)
    let rows = Set(heights).sorted()
    #expect(rows.count > 1 && zip(rows, rows.dropFirst()).allSatisfy { $1 - $0 >= 10 })
  }

  /// The scale beside a map is read in whole numbers where it is wide.
  @Test func theScaleOfAMapFitsItsExtent() {
    for (extent, labels) in [(Float(2), ["-1", "0", "1"]), (1, ["-0.5", "0.0", "0.5"])] {
      let svg = SVGHeatmap(
        title: "", xLabel: "", yLabel: "",
        panels: [
          .init(name: "", rows: 1, values: [0], lowest: -extent / 2, highest: extent / 2)
        ]
      ).svg().replacing("−", with: "-")
      for label in labels { #expect(svg.contains(">\(label)<"), "\(label)") }
    }
  }

  @Test func extremeDataIsDrawnWithoutNonsense() {
    for values in [
      [], [0.0], [.nan], [.infinity, 1], [1e308, -1e308], [-1, -2], [.leastNonzeroMagnitude, 1],
    ] {
      for isLogarithmic in [false, true] {
        let x = values.indices.map(Double.init)
        let chart = SVGLineChart(
          title: "t", xLabel: "x", yLabel: "y", isLogarithmic: isLogarithmic,
          series: [.init(name: "a", color: .raw, x: x, y: values)])
        #expect(Self.parse(chart.svg()), "\(values)")
      }
    }
  }

  /// Names in the legend stand beside each other, a long one too.
  @Test func namesInTheLegendDoNotOverlap() throws {
    let names = ["validation of the held-out words", "b", "training"]
    let svg = SVGLineChart(
      title: "", xLabel: "", yLabel: "",
      series: names.map { .init(name: $0, color: .raw, x: [0, 1], y: [1, 2]) }
    ).svg()
    let places = try names.map { name in
      let label = try #require(svg.range(of: ">\(name)<"))
      let x = try #require(svg[..<label.lowerBound].range(of: " x=\"", options: .backwards))
      return try #require(Double(svg[x.upperBound...].prefix { $0 != "\"" }))
    }
    // A letter of the legend is some six units wide.
    for (index, name) in names.enumerated().dropLast() {
      #expect(places[index + 1] - places[index] > 6 * Double(name.count))
    }
  }

  @Test func heatmapsColourEveryCell() {
    var map = SVGHeatmap(
      title: "Hidden states", xLabel: "time t", yLabel: "unit",
      panels: [
        .init(name: "layer 1", rows: 2, values: [-1, 1, 0, .nan, 1, 1], lowest: -1, highest: 1)
      ])
    map.columnLabels = ["a", "<", "&"]
    map.bars = [0.5, .nan, 2]
    let svg = map.svg()
    #expect(Self.parse(svg))
    let cells = svg.components(separatedBy: "<path class=\"h").dropFirst()
      .map { $0.prefix { $0 != ">" }.filter { $0 == "M" }.count }.reduce(0, +)
    #expect(cells == 5)
    #expect(svg.contains("&lt;") && svg.contains("&amp;"))
    #expect(Self.parse(SVGHeatmap(title: "", xLabel: "", yLabel: "", panels: []).svg()))
  }

  @Test func endsMoveOutToTheNextRoundNumbers() {
    for (low, high, ends) in [
      (100.3, 109.7, 100.0...110), (-4.9, -1.2, -5 ... -1), (0, 10, 0...10),
    ] {
      let scale = ChartScale(low: low, high: high).rounded(about: 5)
      #expect(abs(scale.low - ends.lowerBound) < 1e-9, "\(low)...\(high)")
      #expect(abs(scale.high - ends.upperBound) < 1e-9, "\(low)...\(high)")
    }
  }

  @Test func ticksAreRoundAndInside() {
    let linear = ChartScale(low: 0.3, high: 9.7).ticks(about: 5)
    #expect(linear.map(\.label) == ["2", "4", "6", "8"])
    #expect(
      ChartScale(low: 0, high: 50_000).ticks(about: 5).map(\.label)
        == ["0", "10k", "20k", "30k", "40k", "50k"])
    #expect(
      ChartScale(low: -0.25, high: 0.2).ticks(about: 5).map(\.label)
        == ["−0.2", "−0.1", "0.0", "0.1", "0.2"])
    let logarithmic = ChartScale(low: 1e-6, high: 10, isLogarithmic: true).ticks(about: 8)
    #expect(
      logarithmic.map(\.label) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1", "10"])
  }
}
