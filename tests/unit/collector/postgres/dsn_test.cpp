#include "collector/postgres/dsn.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace quern::collector {
namespace {

TEST_CASE("no password is left in a shown connection string") {
  const std::string dsn = GENERATE(
      as<std::string>{}, "postgresql://bob:s3cret@db/shop",
      "postgres://bob:s3cret@db:5432/shop?sslmode=require",
      "postgresql://bob@db/shop?password=s3cret&sslmode=require",
      "postgresql://bob:a@s3cret@db/shop", "postgresql://bob:s3cret@",
      "host=db password=s3cret user=bob", "host=db password = 's3cret with \\' quote' user=bob",
      "host=db PASSWORD='s3cret", "password=s3cret\\ more dbname=x", "host=db sslpassword=s3cret");
  CAPTURE(dsn);
  CHECK(redact_dsn(dsn).find("s3cret") == std::string::npos);
  CHECK(redact_dsn(dsn).find("***") != std::string::npos);
  CHECK(redact_message("could not use \"" + dsn + "\"", dsn).find("s3cret") == std::string::npos);
}

TEST_CASE("a connection string without password is shown as it is") {
  const std::string dsn =
      GENERATE(as<std::string>{}, "postgresql://bob@db:5432/shop", "host=db user=bob", "", "shop");
  CHECK(redact_dsn(dsn) == dsn);
}

TEST_CASE("a percent-encoded or quoted password is found in the server's words too") {
  CHECK(redact_message("bad: se cret", "postgresql://bob:se%20cret@db/x") == "bad: ***");
  CHECK(redact_message("bad: se'cret", "host=db password='se\\'cret'") == "bad: ***");
}

}  // namespace
}  // namespace quern::collector
