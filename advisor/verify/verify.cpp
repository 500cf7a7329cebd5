#include "advisor/verify/verify.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/postgres/explained.hpp"
#include "collector/sql/lexer.hpp"
#include "collector/sql/quote.hpp"

#include "advisor/price/planned_workload.hpp"

namespace quern::advisor {

namespace {

class Verifier {
 public:
  Verifier(collector::StagingSession& server, const VerifyOptions& options)
      : server_{server}, options_{options} {
    result_.real = options.real;
  }

  Verification run(const Workload& workload, const Prediction& prediction) {
    for (const auto& query : workload.classes) {
      const auto predicted = prediction.classes.find(query.fingerprint);
      if (predicted != prediction.classes.end()) {
        add(query, predicted->second);
      }
    }
    change(prediction);
    tell_not_made();
    std::set<std::string> used;
    for (Pending& pending : pending_) {
      if (rests_on_what_is_missing(pending.verified)) {
        continue;
      }
      observe(pending, pending.verified.after, &pending.verified.indexes);
      if (pending.refused) {
        continue;
      }
      used.insert(pending.verified.indexes.begin(), pending.verified.indexes.end());
      judge(pending.verified);
      result_.classes.push_back(std::move(pending.verified));
    }
    std::stable_sort(result_.classes.begin(), result_.classes.end(),
                     [](const VerifiedClass& a, const VerifiedClass& b) {
                       return a.predicted.calls * a.before.cost > b.predicted.calls * b.before.cost;
                     });
    for (const std::string& name : created_) {
      if (used.count(name) == 0) {
        result_.unused.push_back(name);
      }
    }
    return std::move(result_);
  }

 private:
  struct Pending {
    VerifiedClass verified;
    std::vector<std::string> statements;
    bool refused = false;
  };

  void add(const QueryClass& query, const Prediction::Class& predicted) {
    Pending pending{.verified = {.fingerprint = query.fingerprint, .sql = query.sql}};
    pending.verified.predicted = predicted;
    for (const auto& sample : planned_executions(query)) {
      if (sample.parameters_complete) {
        pending.statements.push_back(with_values(sample));
      }
    }
    if (pending.statements.empty()) {
      result_.refused.push_back(query.sql + ": no execution with all its values in the workload");
      return;
    }
    observe(pending, pending.verified.before, nullptr);
    if (!pending.refused) {
      pending_.push_back(std::move(pending));
    }
  }

  /// The mean over the class's executions; with real ones each runs twice and the second counts,
  /// the pages then being in memory on both sides.
  void observe(Pending& pending, Observed& observed, std::vector<std::string>* indexes) {
    const auto count = static_cast<double>(pending.statements.size());
    std::set<std::string> used;
    for (const std::string& statement : pending.statements) {
      std::string refusal;
      std::optional<std::string> text = server_.explain(statement, options_.real, refusal);
      if (text && options_.real) {
        text = server_.explain(statement, true, refusal);
      }
      if (!text) {
        pending.refused = true;
        result_.refused.push_back(pending.verified.sql + ": " + refusal);
        return;
      }
      const collector::Explained plan = collector::read_explained(*text);
      observed.cost += plan.cost / count;
      if (options_.real) {
        observed.milliseconds = observed.milliseconds.value_or(0) + plan.milliseconds / count;
        observed.blocks = observed.blocks.value_or(0) + plan.blocks / count;
      }
      used.insert(plan.indexes.begin(), plan.indexes.end());
    }
    if (indexes != nullptr) {
      indexes->assign(used.begin(), used.end());
    }
  }

  void change(const Prediction& prediction) {
    std::string refusal;
    if (!options_.real) {
      for (const std::string& statement : prediction.create) {
        // HypoPG has no index on a partitioned table: on its leaves, as they are built.
        if (statement.find(" ON ONLY ") == std::string::npos) {
          apply("SELECT hypopg_create_index(" + quote_literal(statement) + ")", statement);
        }
      }
      if (!prediction.drop.empty()) {
        result_.refused.emplace_back(
            "indexes to drop are still there: HypoPG 1.3 cannot hide them (--real drops them)");
      }
      return;
    }
    for (const auto* statements :
         {&prediction.create, &prediction.attach, &prediction.analyze, &prediction.drop}) {
      for (const std::string& statement : *statements) {
        apply(statement, statement);
      }
    }
  }

  /// A class whose predicted plan reads an index that could not be made says nothing of either.
  bool rests_on_what_is_missing(const VerifiedClass& one) {
    for (const std::string& name : one.predicted.indexes) {
      if (missing_.count(name) != 0) {
        result_.refused.push_back(fmt::format("{}: is to read {}, which is not there{}", one.sql,
                                              name, options_.real ? "" : " (--real builds it)"));
        return true;
      }
    }
    if (!options_.real && !one.predicted.analyzed.empty()) {
      result_.refused.push_back(fmt::format(
          "{}: rests on the statistics of {}, which HypoPG does not collect (--real does)", one.sql,
          one.predicted.analyzed.front()));
      return true;
    }
    return false;
  }

  void apply(const std::string& sql, const std::string& statement) {
    std::string refusal;
    if (!server_.execute(sql, refusal)) {
      const auto same = std::find_if(not_made_.begin(), not_made_.end(),
                                     [&](const NotMade& one) { return one.refusal == refusal; });
      if (same != not_made_.end()) {
        ++same->others;
      } else {
        not_made_.push_back({statement, refusal});
      }
      missing_.insert(created_index(statement));
    } else if (options_.real && statement.find(" ON ONLY ") == std::string::npos) {
      const std::string name = created_index(statement);
      if (!name.empty()) {
        created_.push_back(name);
      }
    }
  }

  /// Of an index's partitions each is refused for the same reason: told once.
  void tell_not_made() {
    for (const NotMade& one : not_made_) {
      const std::string others = one.others == 0 ? "" : fmt::format(" (and {} more)", one.others);
      result_.refused.push_back(one.statement + others + ": " + one.refusal);
    }
  }

  /// "CREATE INDEX name ON ..." without its quotes.
  static std::string created_index(const std::string& statement) {
    collector::Lexer lexer{statement};
    std::string before;
    for (auto token = lexer.next(); token.kind != collector::TokenKind::End; token = lexer.next()) {
      if (before == "INDEX" && statement.rfind("CREATE ", 0) == 0) {
        std::string name{token.text};
        if (token.kind == collector::TokenKind::QuotedIdentifier) {
          name = name.substr(1, name.size() - 2);
          for (auto at = name.find("\"\""); at != std::string::npos;
               at = name.find("\"\"", at + 1)) {
            name.erase(at, 1);
          }
        }
        return name;
      }
      before = std::string{token.text};
    }
    return "";
  }

  /// A page of difference is none: HypoPG's indexes have no inner levels and its own size, which on
  /// a plan of two or three pages is more than a tenth.
  static void judge(VerifiedClass& one) {
    constexpr double kTenth = 0.1;
    constexpr double kPage = 1;  // seq_page_cost, the unit of costs
    const auto close = [](double a, double b) {
      return std::abs(a - b) <= std::max({kTenth * a, kTenth * b, kPage});
    };
    one.agrees =
        close(one.predicted.before, one.before.cost) && close(one.predicted.after, one.after.cost);
  }

  collector::StagingSession& server_;
  const VerifyOptions& options_;
  std::vector<Pending> pending_ = {};

  struct NotMade {
    std::string statement;  ///< the first of those refused with these words
    std::string refusal;
    std::size_t others = 0;
  };

  std::vector<NotMade> not_made_ = {};
  std::vector<std::string> created_ = {};
  std::set<std::string> missing_ = {};  ///< indexes that were to be created
  Verification result_ = {};
};

}  // namespace

Verification verify(const Workload& workload, const Prediction& prediction,
                    collector::StagingSession& server, const VerifyOptions& options) {
  if (!options.real) {
    std::string refusal;
    if (!server.execute("SELECT hypopg_reset()", refusal)) {
      throw UserError{
          fmt::format("{}: no HypoPG in this database ({}): run CREATE EXTENSION hypopg there, or "
                      "use --real on a staging server",
                      server.name(), refusal)};
    }
  }
  return Verifier{server, options}.run(workload, prediction);
}

}  // namespace quern::advisor
