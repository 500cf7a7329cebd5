#pragma once

#include "collector/catalog/snapshot.hpp"
#include "collector/workload/workload.hpp"

#include "advisor/advice.hpp"
#include "advisor/check/check.hpp"

/// A small, whole example of what reaches the renderers: every kind of proposal, a hurt query, an
/// unplanned class, skipped input. Fixed numbers: the goldens are made of it.
namespace quern::testing {

[[nodiscard]] Workload sample_workload();
[[nodiscard]] CatalogSnapshot sample_catalog();
[[nodiscard]] advisor::Advice sample_advice();
[[nodiscard]] advisor::CheckResult sample_check();

/// Text that tries to leave every format: markup, quotes, fences, NUL, broken UTF-8, escapes.
inline const std::string kHostile{
    "SELECT '</script><script>alert(1)</script>' || \"q\" -- <!-- ``` | & ]]> \x1b[31m \0 \xff\xfe "
    "ü",
    91};

}  // namespace quern::testing
