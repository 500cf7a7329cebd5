#include "tests/support/oracle.hpp"

namespace quern::testing {

std::vector<IndexSet> shop_index_sets() {
  const std::vector<std::string> selective = {
      "CREATE INDEX ON orders (customer_id, placed_at DESC)",
      "CREATE INDEX ON orders (status, placed_at)",
      "CREATE INDEX ON orders (coupon_id) WHERE coupon_id IS NOT NULL",
      "CREATE INDEX ON order_items (product_id)",
      "CREATE INDEX ON addresses (customer_id)",
      "CREATE INDEX ON addresses (city, country)",
      "CREATE INDEX ON shipments (order_id)",
      "CREATE INDEX ON shipments (tracking_code)",
      "CREATE INDEX ON payments (provider_ref)",
      "CREATE INDEX ON reviews (customer_id, created_at)",
      "CREATE INDEX ON customers (last_name, first_name)",
      "CREATE INDEX ON customers (phone)",
      "CREATE INDEX ON products (category_id, price)",
      "CREATE INDEX ON products (name text_pattern_ops)"};
  const std::vector<std::string> covering = {
      "CREATE INDEX ON orders (placed_at) INCLUDE (customer_id, status, total)",
      "CREATE INDEX ON orders (customer_id) INCLUDE (placed_at)",
      "CREATE INDEX ON order_items (product_id) INCLUDE (order_id, quantity)",
      "CREATE INDEX ON payments (status, created_at, amount)",
      "CREATE INDEX ON sessions (expires_at)",
      "CREATE INDEX ON tickets (customer_id, state)",
      "CREATE INDEX ON products (category_id, price, id) INCLUDE (name)",
      "CREATE INDEX ON reviews (product_id) INCLUDE (rating)",
      "CREATE INDEX ON shipments (shipped_at) WHERE delivered_at IS NULL"};
  return {{.name = "as recorded"},
          {.name = "selective", .create = selective},
          {.name = "covering", .create = covering},
          {.name = "dropped",
           .drop = {"orders_customer_id_idx", "idx_orders_customer", "order_items_order_id_idx",
                    "payments_order_id_idx", "reviews_product_id_rating_idx",
                    "products_category_id_idx", "customers_lower_email_idx"}},
          {.name = "selective, HypoPG", .create = selective, .hypothetical = true},
          {.name = "covering, HypoPG", .create = covering, .hypothetical = true}};
}

}  // namespace quern::testing
