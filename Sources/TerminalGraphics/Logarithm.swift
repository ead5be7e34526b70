import Glibc

/// The library's logarithms and powers for those who draw: panels may not import a system's library,
/// which could do far more than count.
public enum Logarithm {
  public static func base10(_ value: Double) -> Double { log10(value) }

  public static func power10(_ exponent: Double) -> Double { pow(10, exponent) }
}
