#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <compare>

namespace quern {

/// A number that carries its unit in its type. Sums and comparisons need the same unit on both
/// sides; only a rate may change the unit: `CostPerPage * Pages` is a `Cost`, and nothing else is.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;

  constexpr explicit Quantity(double value) : value_{value} {}

  [[nodiscard]] constexpr double value() const { return value_; }

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;

  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity{a.value_ + b.value_};
  }

  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity{a.value_ - b.value_};
  }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }

  friend constexpr Quantity operator*(double factor, Quantity a) {
    return Quantity{factor * a.value_};
  }

  friend constexpr Quantity operator/(Quantity a, double divisor) {
    return Quantity{a.value_ / divisor};
  }

  friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

 private:
  double value_ = 0.0;
};

template <class Numerator, class Denominator>
struct Per;

template <class N, class D>
constexpr Quantity<N> operator*(Quantity<Per<N, D>> rate, Quantity<D> amount) {
  return Quantity<N>{rate.value() * amount.value()};
}

/// PostgreSQL planner units: 1 is one sequential page read at the default settings. Not a time.
using Cost = Quantity<struct CostUnit>;
/// An estimate, and so fractional; clamp_rows() rounds it where PostgreSQL does.
using Rows = Quantity<struct RowUnit>;
/// Blocks of the server's block_size, 8 KiB unless the snapshot says otherwise.
using Pages = Quantity<struct PageUnit>;
using Bytes = Quantity<struct ByteUnit>;
using CostPerPage = Quantity<Per<CostUnit, PageUnit>>;
using CostPerRow = Quantity<Per<CostUnit, RowUnit>>;
using Milliseconds = std::chrono::duration<double, std::milli>;
/// Logs print milliseconds with three decimals, so whole microseconds are exact, and sums of them
/// are the same in any order.
using Microseconds = std::chrono::duration<std::int64_t, std::micro>;

/// Rounds an estimate the way the planner does: whole rows, never fewer than one, never NaN.
/// Source: clamp_row_est(), PostgreSQL 15, src/backend/optimizer/path/costsize.c.
[[nodiscard]] inline Rows clamp_rows(Rows estimate) {
  constexpr double kMaximumRowCount = 1e100;
  const double rows = estimate.value();
  if (std::isnan(rows) || rows > kMaximumRowCount) {
    return Rows{kMaximumRowCount};
  }
  return Rows{rows <= 1.0 ? 1.0 : std::rint(rows)};
}

}  // namespace quern
