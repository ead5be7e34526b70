import Testing

@testable import TerminalGraphics

@Suite struct ColorReductionTests {
  @Test func coloursOfThePaletteStayThemselves() {
    for index in 16..<256 {
      let color = ColorReduction.paletteColor(index)
      let found = ColorReduction.index(of: color, depth: .palette256)
      // Some greys stand in the cube and in the ramp.
      #expect(found.map(ColorReduction.paletteColor) == color, "\(index)")
    }
    for index in 0..<16 {
      #expect(
        ColorReduction.index(of: ColorReduction.paletteColor(index), depth: .sixteen) == index)
    }
  }

  @Test(arguments: [
    (0x000000, 0), (0xE01010, 1), (0x10C020, 2), (0xD0C020, 3), (0x1010D0, 4), (0xC010C0, 5),
    (0x10C0D0, 6), (0xF0F0F0, 7),
  ])
  func eightColoursKeepTheHue(value: Int, index: Int) {
    #expect(ColorReduction.index(of: .hex(UInt32(value)), depth: .eight) == index)
  }

  @Test func aDeepHueDoesNotTurnBlack() {
    #expect(ColorReduction.index(of: .hex(0x2040A8), depth: .eight) == 4)
    #expect(ColorReduction.index(of: .hex(0x8E2020), depth: .eight) == 1)
  }

  @Test func theTerminalsOwnColourHasNoNumber() {
    for depth in ColorDepth.allCases {
      #expect(ColorReduction.index(of: .standard, depth: depth) == nil)
    }
    #expect(ColorReduction.index(of: .hex(0x123456), depth: .none) == nil)
    #expect(ColorReduction.index(of: .hex(0x123456), depth: .trueColor) == nil)
  }

  @Test func noColourMovesFarIn256() {
    for value: UInt32 in stride(from: 0, to: 0x1000000, by: 0x0F_1357) {
      let color = Color.hex(value)
      guard let index = ColorReduction.index(of: color, depth: .palette256),
        case .rgb(let red, let green, let blue) = color,
        case .rgb(let r, let g, let b) = ColorReduction.paletteColor(index)
      else {
        Issue.record("no colour for \(value)")
        continue
      }
      let distance = OKLab(red: red, green: green, blue: blue)
        .squaredDistance(to: OKLab(red: r, green: g, blue: b), lightness: 1)
      #expect(distance < 0.02, "\(value) became \(index)")
    }
  }
}
