// Statements in the words of other languages, as the server's src/backend/po has them.
#include <catch2/catch.hpp>

#include "collector/collect.hpp"
#include "collector/logs/message_text.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

void check(const char* message, MessageKind kind, std::int64_t microseconds, const char* sql,
           const char* name = "") {
  INFO(message);
  const MessageText text = read_message(message);
  CHECK(text.kind == kind);
  CHECK(text.duration.value_or(Microseconds{-1}).count() == microseconds);
  CHECK(text.text == sql);
  CHECK(text.name == name);
}

}  // namespace

TEST_CASE("durations and statements are read in other languages", "[languages]") {
  check("Dauer: 1.250 ms  Anweisung: SELECT 1", MessageKind::Statement, 1250, "SELECT 1");
  check("Dauer: 0.5 ms  Ausführen <unnamed>: SELECT $1", MessageKind::Execute, 500, "SELECT $1",
        "<unnamed>");
  check("Dauer: 0.5 ms  Ausführen Fetch von s/p: SELECT $1", MessageKind::Fetch, 500, "SELECT $1",
        "s/p");
  check("Dauer: 0.125 ms", MessageKind::BareDuration, 125, "");
  check("Anweisung: SELECT 1", MessageKind::Statement, -1, "SELECT 1");
  check("durée : 12,5 ms, instruction : SELECT 1", MessageKind::Statement, 12'500, "SELECT 1");
  check("durée : 12.5 ms, analyse q1 : SELECT 1", MessageKind::ProtocolStep, 12'500, "SELECT 1",
        "q1");
  check("duración: 3 ms  parse: q: SELECT 1", MessageKind::ProtocolStep, 3000, "SELECT 1", "q");
  check("продолжительность: 3.000 мс, оператор: SELECT 1", MessageKind::Statement, 3000,
        "SELECT 1");
  check("期間: 3.000 ミリ秒  文: SELECT 1", MessageKind::Statement, 3000, "SELECT 1");
  check("Dauer: 3.000 ms  plan:\nQuery Text: SELECT 1", MessageKind::Plan, 3000,
        "\nQuery Text: SELECT 1");
  check("ხანგრძლივობა: 3.000 მწმ  გამოსახულება: SELECT 1", MessageKind::Statement, 3000,
        "SELECT 1");
  check("ხანგრძლივობა: 3.000 მწმs  გაშვება q: SELECT 1", MessageKind::Execute, 3000, "SELECT 1",
        "q");
  check("Dauer: ganz lang", MessageKind::Translated, -1, "");
  check("der Server ist bereit", MessageKind::Other, -1, "");
}

TEST_CASE("a German log is read like an English one", "[languages]") {
  const Workload w = collect_text(
      "2026-11-21 10:00:00.000 CET [7] web@shop LOG:  Dauer: 2.000 ms  Ausführen q: SELECT a FROM "
      "t "
      "WHERE b = $1\n"
      "2026-11-21 10:00:00.000 CET [7] web@shop DETAIL:  Parameter: $1 = '7'\n"
      "2026-11-21 10:00:01.000 CET [7] web@shop FEHLER:  Division durch Null\n"
      "2026-11-21 10:00:01.000 CET [7] web@shop ANWEISUNG:  SELECT 1/0\n",
      {});
  REQUIRE(w.classes.size() == 2);
  const QueryClass& timed = w.classes.front();
  CHECK(timed.calls == 1);
  CHECK(timed.total == Microseconds{2000});
  REQUIRE_FALSE(timed.samples.empty());
  CHECK(timed.samples.front().parameters == ParameterValues{"7"});
  CHECK(w.classes.back().errors == 1);
  CHECK(w.skipped.by_reason().empty());
}

// Tags, the text that PREPARE was given and the portal in CONTEXT, as a server of 15.18 wrote them.
TEST_CASE("the tags of every language are read", "[languages]") {
  struct Words {
    const char *log, *detail, *parameters, *error, *context, *portal, *statement;
  };

  const Words words =
      GENERATE(Words{"СООБЩЕНИЕ:  выполнение", "ПОДРОБНОСТИ:  ", "параметры: ", "ОШИБКА:  ",
                     "КОНТЕКСТ:  ", "неименованный портал с параметрами: ", "ОПЕРАТОР:  "},
               Words{"ЗАПИСУВАННЯ:  виконувати", "ВІДОМОСТІ:  ", "параметри: ", "ПОМИЛКА:  ",
                     "КОНТЕКСТ:  ", "портал \"p\" з параметрами: ", "ІНСТРУКЦІЯ:  "},
               Words{"LOG:  実行", "詳細:  ", "パラメータ: ", "ERROR:  ", "文脈:  ",
                     "パラメータを持つ無名ポータル: ", "文:  "},
               Words{"로그:  쿼리실행", "상세정보:  ", "매개 변수: ", "오류:  ", "내용:  ",
                     "이름 없는 포탈의 매개 변수: ", "명령 구문:  "},
               Words{"日志:  执行", "详细信息:  ", "参数: ", "错误:  ", "上下文:  ",
                     "unnamed portal with parameters: ", "语句:  "},
               Words{"LOG:  exécute", "DÉTAIL:  ", "paramètres : ", "ERREUR:  ", "CONTEXTE :  ",
                     "portail non nommé avec les paramètres : ", "INSTRUCTION :  "},
               Words{"LOG:  Ausführen", "DETAIL:  ", "Parameter: ", "FEHLER:  ", "ZUSAMMENHANG:  ",
                     "unbenanntes Portal mit Parametern: ", "ANWEISUNG:  "},
               Words{"LOGG:  kör", "DETALJ:  ", "parametrar: ", "FEL:  ", "KONTEXT:  ",
                     "ej namngiven portal med parametrar: ", "SATS:  "},
               Words{"ჟურნალი:  გაშვება", "დეტალები:  ", "პარამეტრები: ", "შეცდომა:  ",
                     "კონტექსტი:  ", "უსახელო პორტალი პარამეტრებით: ", "ოპერატორი:  "});
  INFO(words.log);
  const std::string at = "2026-11-21 10:00:00.000 UTC [7] web@shop ";
  const Workload w = collect_text(at + words.log + " q: SELECT a FROM t WHERE b = $1\n" + at +
                                      words.detail + words.parameters + "$1 = '7'\n" + at +
                                      words.error + "x\n" + at + words.context + words.portal +
                                      "$1 = '0'\n" + at + words.statement + "SELECT 1/$1\n",
                                  {});
  CHECK(w.skipped.by_reason().empty());
  REQUIRE(w.classes.size() == 2);
  const bool first_failed = w.classes.front().errors > 0;
  const QueryClass& run = w.classes[first_failed ? 1 : 0];
  const QueryClass& failed = w.classes[first_failed ? 0 : 1];
  CHECK(run.calls == 1);
  REQUIRE_FALSE(run.samples.empty());
  CHECK(run.samples.front().parameters == ParameterValues{"7"});
  CHECK(failed.errors == 1);
  CHECK(failed.nested == 0);
}

TEST_CASE("EXECUTE is counted for its statement in other languages", "[languages]") {
  const char* prepared = GENERATE("Vorbereiten: ", "préparation : ", "подготовка: ", "準備: ");
  const std::string at = "2026-11-21 10:00:00.000 UTC [7] web@shop ";
  const Workload w = collect_text(at + "LOG:  duration: 2.000 ms  statement: EXECUTE ps('x')\n" +
                                      at + "DETAIL:  " + prepared +
                                      "PREPARE ps(text) AS SELECT a FROM t WHERE b = $1\n",
                                  {});
  REQUIRE(w.classes.size() == 1);
  CHECK(w.classes.front().sql == "SELECT a FROM t WHERE b = $1");
}
