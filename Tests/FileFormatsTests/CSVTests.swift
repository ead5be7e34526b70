import FileFormats
import Testing

@Suite struct CSVTests {
  @Test func writesRowsAsTheStandardSays() {
    var table = CSVWriter(columns: ["step", "a,b", "say \"x\""])
    table.append([.integer(1), .number(0.1), .text("two\nlines")])
    table.append([.integer(-2), .number(.nan), .bool(true)])
    table.append([.empty, .number(-.infinity)])
    table.append([.integer(1), .empty, .text("ü"), .text("surplus")])
    let text = String(decoding: table.takeBytes(), as: UTF8.self)
    #expect(
      text == "step,\"a,b\",\"say \"\"x\"\"\"\r\n1,0.1,\"two\nlines\"\r\n-2,nan,true\r\n,-inf,\r\n"
        + "1,,ü\r\n")
    #expect(table.bytes.isEmpty)
  }
}
