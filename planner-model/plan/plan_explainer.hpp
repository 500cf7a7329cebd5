#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "planner-model/plan/deparse.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/whatif/plan_node.hpp"

namespace quern::planner_model {

/// Names of range-table entries over the whole plan, unique as select_rtable_names_for_explain()
/// makes them: the second "o" is "o_1".
class Names {
 public:
  std::string of(const PlannerInfo& root, int range, const Table* member) {
    const auto key = std::make_tuple(&root, range, member);
    if (const auto it = given_.find(key); it != given_.end()) {
      return it->second;
    }
    const auto& entry = root.query.range_table[static_cast<std::size_t>(range) - 1];
    // Partitions go by their parent's name.
    const std::string base = entry.alias.empty() ? "unnamed_join" : entry.alias;
    std::string name = base;
    for (int n = 1; !used_.insert(name).second; ++n) {
      name = base + "_" + std::to_string(n);
    }
    given_[key] = name;
    return name;
  }

  /// The entry goes by another's name: its own node is not in the plan.
  void stand_in(const PlannerInfo& root, int range, const std::string& name) {
    given_[std::make_tuple(&root, range, static_cast<const Table*>(nullptr))] = name;
  }

 private:
  std::map<std::tuple<const PlannerInfo*, int, const Table*>, std::string> given_;
  std::set<std::string> used_;
};

/// Turns the chosen path into the nodes that EXPLAIN shows (createplan.c, setrefs.c, explain.c).
/// The members live in explain_plan.cpp, explain_names.cpp, explain_expressions.cpp,
/// explain_scans.cpp, explain_joins.cpp and explain_upper.cpp.
class PlanExplainer {
 public:
  PlanExplainer(PlannerInfo& top, std::set<std::string>& indexes) : top_{top}, indexes_{indexes} {
    // The server counts its whole range table: partitions and pulled-up subqueries too, and one
    // entry for a query without FROM (replace_empty_jointree()).
    std::size_t ranges = 0;
    top.global->roots.for_each([&](const PlannerInfo& root) {
      if (root.is_trial) {
        return;
      }
      ranges += std::max<std::size_t>(1, root.query.range_table.size());
      for (const auto* rel : root.base) {
        ranges += rel != nullptr && rel->is_append ? rel->members_before_pruning : 0;
      }
    });
    prefix_ = ranges > 1;
  }

  /// Names every entry that the plan shows before any is printed: in the order of the server's
  /// range table, this level first, then subqueries and subplans as they are met.
  void assign_names(const PlannerInfo& root, const Path& path);

  void level(PlanNode& node, PlannerInfo& root, const Path& path);

  /// The query level of a subquery scan, of an InitPlan or of a SubPlan (`is_subplan`) below
  /// `above`. `member`: the partition whose scan the subplan hangs from.
  void level_below(PlanNode& node, const PlannerInfo& above, PlannerInfo& root, const Path& path,
                   bool is_subplan, const Table* member = nullptr);

  /// The SubPlans that the converted plan refers to.
  [[nodiscard]] const std::set<int>& shown_subplans() const { return shown_; }

 private:
  // --- names

  struct Shown {
    /// By range, then 0 or place_of() a member; a partitioned partition comes before its own.
    std::map<std::pair<int, int>, const Table*> entries = {};
    std::set<int> elided_parents = {};  ///< partitioned tables with one partition left
    /// What is grouped by partition goes by the first partition's name, by range.
    std::map<int, const Table*> first_members = {};
    std::vector<std::pair<const PlannerInfo*, const Path*>> below = {};
  };

  /// trivial_subqueryscan() (setrefs.c): the scan only passes rows on, and is left out. Where the
  /// plan above does not ask for just the columns it needs (`exact`), the scan puts out them all
  /// (use_physical_tlist(), createplan.c).
  static bool is_trivial(const Path& path, const PathTarget& target, bool exact);

  /// Follows the CP_ flags of create_plan_recurse() down the plan.
  void mark_trivial_scans(const Path& path, bool exact);

  static bool computes_columns(const Path& path);

  [[nodiscard]] bool is_left_out(const Path& path) const;

  /// The range that a relation goes by: an arm of UNION ALL by its own.
  static int shown_range(const RelOptInfo& rel);

  /// The partition that a relation is, if it is one.
  static const Table* shown_member(const RelOptInfo& rel);

  static int member_place(const RelOptInfo& rel);

  /// An Append or Merge Append below another of the same table: a partition that is partitioned.
  void note_nested(const Path& outer, int depth, Shown& shown);

  void collect_shown(const PlannerInfo& root, const Path& path, Shown& shown);

  /// The relations that an Append of joins, of groups, or of a partition's own partitions is of.
  static void note_appended(const Path& path, Shown& shown);

  /// The leaf that a partition goes by above it: of one that is partitioned itself, its first.
  static const Table* named_leaf(const RelOptInfo& rel);

  /// Columns of an Append go by its first child's names (set_deparse_plan()).
  void note_first_arm(const Path& append);
  /// And those of a partitioned arm by its first leaf's.
  static void note_parts_of_arms(const Path& append, Shown& shown);

  void name_level(const PlannerInfo& root, const Path& path);

  // --- expressions

  DeparseContext context(const PlannerInfo& root, const Table* member);

  /// How an expression refers to its subquery: get_rule_expr(), ruleutils.c.
  std::string subplan_text(const Expr& expr, const PlannerInfo& root, const DeparseContext& around);

  [[nodiscard]] std::string subplan_name(int id) const;

  /// "(InitPlan 1).col1" for the parameter that a subquery's column is put into.
  [[nodiscard]] ExprPtr column_of_subplan(const ExprPtr& param) const;

  [[nodiscard]] const Table* member_of(const PlannerInfo& root, int range,
                                       const Table* member) const;

  /// What a parameter stands for is found in the plan (find_param_referent(), ruleutils.c): a
  /// nested loop's own is not beyond a subplan, which is handed its own level's alone.
  [[nodiscard]] bool is_in_reach(const PlannerInfo& level) const;

  /// The partition that stands for the range where partitions are joined or grouped.
  [[nodiscard]] const Table* stand_in_for(const PlannerInfo& root, int range) const;

  /// Correlation parameters print as the outer columns they stand for.
  ExprPtr resolved(const ExprPtr& expr, const PlannerInfo& root);

  /// A RangeTableEntry::computed: the expression at its own relation, its result elsewhere.
  ExprPtr placeholder(const ExprPtr& var, const PlannerInfo& root);

  /// A column of an appended relation as one of its members has it.
  static ExprPtr member_column(const RelOptInfo& member, const ExprPtr& var);

  /// A column of a UNION ALL prints as what the first arm shown computes.
  ExprPtr through_first_arm(const ExprPtr& var, const PlannerInfo& root);

  /// A column of a subquery whose scan is left out of the plan prints as what the subquery
  /// computes.
  ExprPtr through_left_out(const ExprPtr& var, const PlannerInfo& root);

  /// A condition is expected to be checked for two rows for each that passes (NUM_EXEC_QUAL() and
  /// NUM_EXEC_TLIST(), setrefs.c).
  [[nodiscard]] double condition_checks() const { return 2 * node_rows_; }

  /// fix_alternative_subplan(): of an EXISTS planned twice, the way that is cheaper for as many
  /// executions.
  [[nodiscard]] int chosen(int subplan, double executions) const;

  [[nodiscard]] const SubPlanInfo& subplan(int id) const {
    return top_.global->subplans[static_cast<std::size_t>(id) - 1];
  }

  void note_subplans(const ExprPtr& expr, double executions);

  void note_params(const ExprPtr& expr);

  std::string text(PlannerInfo& root, const ExprPtr& expr, const Table* member,
                   const std::vector<ExprPtr>& below = {});

  std::string all(PlannerInfo& root, const std::vector<ExprPtr>& exprs, const Table* member,
                  const std::vector<ExprPtr>& below = {});

  static void add(PlanNode& node, Word name, std::string value);

  static void add_list(PlanNode& node, Word name, std::vector<std::string> items);

  void add_clauses(PlanNode& node, const char* name, PlannerInfo& root,
                   const std::vector<RestrictInfo*>& clauses, const Table* member,
                   const std::vector<RestrictInfo*>& without = {});

  /// order_qual_clauses(): cheap checks first, otherwise as they stand.
  static std::vector<RestrictInfo*> in_order(PlannerInfo& root,
                                             const std::vector<RestrictInfo*>& clauses,
                                             const std::vector<RestrictInfo*>& without);

  /// SubPlanInfo::reached of the subplans in a filter's checks.
  static void note_reached(PlannerInfo& root, const std::vector<RestrictInfo*>& checks);

  static std::vector<RestrictInfo*> scan_clauses(const Path& path);

  // --- nodes

  void base(PlanNode& node, const char* type, const Path& path);

  const Table* name_relation(PlanNode& node, PlannerInfo& root, const RelOptInfo& rel);

  /// A node below, to be filled in place: they are large to move.
  static PlanNode& below(PlanNode& node, const char* relationship);

  void child(PlanNode& node, PlannerInfo& root, const Path& path, const char* relationship);

  void convert(PlanNode& node, PlannerInfo& root, const Path& path);

  void note_target(PlannerInfo& root, const Path& path);

  void convert_one(PlanNode& node, PlannerInfo& root, const Path& path);

  void scan(PlanNode& node, PlannerInfo& root, const Path& path);

  /// create_bitmap_subplan(): the clauses as written, for the recheck, and as the indexes take
  /// them.
  struct BitmapConditions {
    std::vector<ExprPtr> original = {};
    std::vector<ExprPtr> index = {};
  };

  static void bitmap_conditions(const PlannerInfo& root, const Path& tree, BitmapConditions& out);

  /// Classes that the indexes' clauses are derived from.
  static void index_classes(const Path& tree, std::vector<const EquivalenceClass*>& out);

  void bitmap_tree(PlanNode& node, PlannerInfo& root, const Path& tree, const Table* member);

  void bitmap(PlanNode& node, PlannerInfo& root, const Path& path, const Table* member,
              const std::vector<RestrictInfo*>& clauses);

  void subquery_scan(PlanNode& node, PlannerInfo& root, const Path& path);
  /// Conditions of the path on no column.
  static std::vector<RestrictInfo*> gating_clauses(const PlannerInfo& root, const Path& path);
  void gated(PlanNode& node, PlannerInfo& root, const Path& path);
  void relation(PlanNode& node, PlannerInfo& root, const Path& path);

  void sort_node(PlanNode& node, PlannerInfo& root, const Path& input, const PathKeys& keys);

  /// The output column that carries a sort key, whatever binary-compatible cast is around either
  /// (find_ec_member_matching_expr(), equivclass.c); nothing: the sort's input computes the key.
  static const EquivalenceMember* sort_column(const PathKey& key, const RelOptInfo& rel,
                                              const PathTarget& target, ExprPtr& expr);

  enum class KeyText : std::uint8_t { WithOrder, Plain };  ///< Plain: no DESC, no NULLS FIRST

  /// How a key that the node below has computed is printed: in parentheses unless a column.
  /// `deeper`: what that node has from below.
  DeparseContext key_context(const PlannerInfo& root, const Table* partition, const ExprPtr& key,
                             const std::vector<ExprPtr>& deeper);

  /// The expression of a sort key that the relation can compute. `deeper`: what the node that
  /// computes it has from below.
  std::vector<std::string> sort_items(PlannerInfo& root, const PathKeys& keys,
                                      const RelOptInfo& rel, const PathTarget& target,
                                      KeyText form = KeyText::WithOrder,
                                      const std::vector<ExprPtr>& deeper = {});

  void join(PlanNode& node, PlannerInfo& root, const Path& path);

  void side(PlanNode& node, PlannerInfo& root, const Path& path, const PathKeys& sort,
            const char* relationship, bool materialize);

  void projection(PlanNode& node, PlannerInfo& root, const Path& path);

  std::vector<ExprPtr> group_exprs(const PlannerInfo& root,
                                   const std::vector<SortGroupClause>& clauses);

  /// Nodes that compute nothing: what they put out was computed below them.
  static bool passes_on(const Path& path);

  /// A group key stands as the node below has it: without parentheses where that computes it.
  std::string key_text(PlannerInfo& root, const ExprPtr& expr, const Path& input,
                       const std::vector<ExprPtr>& below);

  /// What a WindowAgg takes from below; of another node: nothing.
  static std::vector<ExprPtr> below_window(const Path& path);

  /// Gather::initParam: what InitPlans of this level and those above hand to the node's workers.
  void evaluated_params(PlanNode& node, const PlannerInfo& root);

  /// "w1 AS (PARTITION BY a ORDER BY b ROWS UNBOUNDED PRECEDING)": show_window_def().
  void window_definition(PlanNode& node, PlannerInfo& root, const Path& path);

  std::string window_keys(PlannerInfo& root, const std::vector<SortGroupClause>& clauses,
                          const Path& input);

  /// get_window_frame_options(), ruleutils.c: empty for the default frame.
  std::string window_frame(PlannerInfo& root, const WindowClause& window);

  /// show_grouping_sets(): the keys of each hash table, of each sort, and of its sets.
  void grouping_set_keys(PlanNode& node, PlannerInfo& root, const Path& path);

  void group_key(PlanNode& node, PlannerInfo& root, const Path& path);

  void upper(PlanNode& node, PlannerInfo& root, const Path& path);

  void simple(PlanNode& node, const char* name, PlannerInfo& root, const Path& path);

  void aggregate(PlanNode& node, PlannerInfo& root, const Path& path);

  void modify(PlanNode& node, PlannerInfo& root, const Path& path);

  /// The partitions and children that a modification of `rel` writes to.
  void target_tables(PlanNode& node, PlannerInfo& root, const RelOptInfo& rel);

  PlannerInfo& top_;
  std::set<std::string>& indexes_;
  Names names_;
  std::map<std::pair<const PlannerInfo*, int>, const PlannerInfo*> left_out_;
  std::set<const Path*> nested_;   ///< Appends of partitions that are partitioned
  std::set<const Path*> trivial_;  ///< subquery scans that the plan leaves out
  bool prefix_ = false;
  /// The relation whose scan is being printed: its columns are named alone.
  const RelOptInfo* scanned_ = nullptr;
  /// Of the join or group of partitions that is being converted; of others none.
  const std::vector<RelOptInfo*>* stand_ins_ = nullptr;
  const PlannerInfo* stand_ins_root_ = nullptr;
  int member_range_ = 0;  ///< of the partition that is being converted; 0: of none

  /// The levels above the node that is being converted, the outermost first.
  struct LevelAbove {
    const PlannerInfo* root = nullptr;
    bool by_subplan = false;
    const Table* member = nullptr;
  };

  std::vector<LevelAbove> above_ = {};
  double node_rows_ = 0;  ///< of the node that is being converted
  std::map<const RelOptInfo*, const RelOptInfo*> first_arm_;
  std::set<int> params_;  ///< executor parameters in what was converted last
  std::set<int> pending_;
  std::set<int> shown_;
};

}  // namespace quern::planner_model
