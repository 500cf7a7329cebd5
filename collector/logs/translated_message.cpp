#include "collector/logs/translated_message.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace quern::collector {

namespace {

/// A language's words. Those for parse and bind steps stand before the statement's name; empty
/// where they stand after it.
struct Language {
  std::string_view duration, milliseconds;
  std::string_view statement, parse, bind, execute, fetch, parameters;
  std::string_view prepare, unnamed_portal, portal;  ///< empty where they stay English
};

constexpr std::array kLanguages = {
    // German, Spanish, French, Italian, Swedish
    Language{"Dauer: ", " ms", "Anweisung: ", "Parsen ", "Binden ", "Ausführen ",
             "Ausführen Fetch von ",
             "Parameter: ", "Vorbereiten: ", "unbenanntes Portal mit Parametern: ", "Portal »"},
    Language{"duración: ", " ms", "sentencia: ", "parse: ", "bind ", "ejecutar ",
             "ejecutar fetch desde ", "parámetros: ", "",
             "portal sin nombre con parámetros: ", "portal «"},
    Language{"durée : ", " ms", "instruction : ", "analyse ", "lien ", "exécute ",
             "exécute fetch à partir de ", "paramètres : ", "préparation : ",
             "portail non nommé avec les paramètres : ", "portail « "},
    Language{"durata: ", " ms", "istruzione: ", "analisi di ", "bind ", "esecuzione di ",
             "esecuzione di fetch da ",
             "parametri: ", "preparazione: ", "portale senza nome con parametri: ", "portale \""},
    Language{"varaktighet: ", " ms", "sats: ", "parse ", "bind ", "kör ", "kör hämtning från ",
             "parametrar: ", "", "ej namngiven portal med parametrar: ", "portal \""},
    Language{"duração: ", " ms", "comando: ", "análise ", "ligação ", "executar ",
             "executar busca de ", "parâmetros: ", "", "", ""},
    // Russian, Ukrainian
    Language{"продолжительность: ", " мс", "оператор: ", "разбор ", "сообщение Bind ",
             "выполнение ", "выборка из ",
             "параметры: ", "подготовка: ", "неименованный портал с параметрами: ", "портал \""},
    Language{"тривалість: ", " мс", "оператор: ", "аналізування ", "повідомлення bind ",
             "виконувати ", "виконати витягнення з ",
             "параметри: ", "підготовка: ", "портал без імені з параметрами: ", "портал \""},
    // Georgian, whose executions of prepared statements have a unit of their own
    Language{"ხანგრძლივობა: ", " მწმs", "ოპერატორი: ", "", "", "გაშვება ", "execute fetch from ",
             "პარამეტრები: ", "მომზადება: ", "უსახელო პორტალი პარამეტრებით: ", "პორტალი \""},
    Language{"ხანგრძლივობა: ", " მწმ", "გამოსახულება: ", "", "მიბმა ", "", "", "პარამეტრები: ", "",
             "", ""},
    // Japanese, Chinese, Korean
    Language{
        "期間: ", " ミリ秒", "文: ", "パース", "バインド ", "実行 ", "取り出し実行 ",
        "パラメータ: ", "準備: ", "パラメータを持つ無名ポータル: ", "パラメータを持つポータル\""},
    Language{"执行时间: ", " ms", "语句: ", "解析 ", "绑定", "执行", "执行FETCH操作",
             "参数: ", "准备: ", "", ""},
    Language{"실행시간: ", " ms", "명령 구문: ", "", "", "쿼리실행 ", "자료뽑기 ",
             "매개 변수: ", "", "이름 없는 포탈의 매개 변수: ", ""},
    Language{"수행시간: ", " ms", "명령 구문: ", "", "", "쿼리실행 ", "자료뽑기 ",
             "매개 변수: ", "", "이름 없는 포탈의 매개 변수: ", ""},
};

bool take(std::string_view& text, std::string_view word) {
  if (word.empty() || text.substr(0, word.size()) != word) {
    return false;
  }
  text.remove_prefix(word.size());
  return true;
}

void skip_separator(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == ',')) {
    text.remove_prefix(1);
  }
}

/// `1234.567`, to the microsecond.
std::optional<Microseconds> take_number(std::string_view& text) {
  std::int64_t value = 0;
  constexpr std::int64_t kLargest = 1'000'000'000'000'000;
  std::size_t digits = 0;
  std::size_t i = 0;
  std::int64_t unit = 1000;
  for (; i < text.size() && value < kLargest; ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9' && unit == 1000) {
      value = value * 10 + (c - '0') * 1000;
      ++digits;
    } else if (c >= '0' && c <= '9') {
      value += unit * (c - '0');
      unit /= 10;
    } else if ((c == '.' || c == ',') && unit == 1000) {
      unit = 100;
    } else {
      break;
    }
  }
  text.remove_prefix(i);
  return digits == 0 ? std::nullopt : std::optional{Microseconds{value}};
}

/// NAME: SQL, with a blank before the colon in some languages.
MessageText named(MessageKind kind, std::optional<Microseconds> duration, std::string_view text) {
  constexpr std::size_t kLongestName = 160;
  const std::size_t colon = text.substr(0, kLongestName).find(": ");
  if (colon == std::string_view::npos) {
    return {MessageKind::Translated};
  }
  MessageText message{kind, duration, text.substr(colon + 2), text.substr(0, colon)};
  while (!message.name.empty() && message.name.back() == ' ') {
    message.name.remove_suffix(1);
  }
  return message;
}

std::optional<MessageText> statement(const Language& language, std::string_view text,
                                     std::optional<Microseconds> duration) {
  if (take(text, language.statement)) {
    return MessageText{MessageKind::Statement, duration, text};
  }
  if (take(text, language.fetch)) {
    return named(MessageKind::Fetch, duration, text);
  }
  if (take(text, language.execute)) {
    return named(MessageKind::Execute, duration, text);
  }
  if (duration && (take(text, language.parse) || take(text, language.bind))) {
    return named(MessageKind::ProtocolStep, duration, text);
  }
  return std::nullopt;
}

MessageText after_duration(const Language& language, std::string_view text) {
  const auto duration = take_number(text);
  if (!duration || !take(text, language.milliseconds)) {
    return {MessageKind::Translated};
  }
  if (text.empty()) {
    return {MessageKind::BareDuration, duration};
  }
  skip_separator(text);
  if (take(text, "plan:")) {  // auto_explain's own words are not translated
    return {MessageKind::Plan, duration, text};
  }
  return statement(language, text, duration).value_or(MessageText{MessageKind::Translated});
}

}  // namespace

std::optional<MessageText> read_translated(std::string_view message) {
  std::optional<MessageText> unread;
  for (const Language& language : kLanguages) {
    std::string_view text = message;
    if (take(text, language.duration)) {
      unread = after_duration(language, text);
      if (unread->kind != MessageKind::Translated) {
        return unread;
      }
      continue;
    }
    if (auto logged = statement(language, text, std::nullopt)) {
      return logged;
    }
  }
  return unread;
}

std::size_t translated_parameters_start(std::string_view detail) {
  for (const Language& language : kLanguages) {
    if (detail.substr(0, language.parameters.size()) == language.parameters) {
      return language.parameters.size();
    }
  }
  return 0;
}

std::size_t translated_prepare_start(std::string_view detail) {
  for (const Language& language : kLanguages) {
    if (!language.prepare.empty() &&
        detail.substr(0, language.prepare.size()) == language.prepare) {
      return language.prepare.size();
    }
  }
  return 0;
}

bool tells_translated_portal(std::string_view context) {
  const auto begins = [&](std::string_view words) {
    return !words.empty() && context.substr(0, words.size()) == words;
  };
  return std::any_of(kLanguages.begin(), kLanguages.end(), [&](const Language& language) {
    return begins(language.unnamed_portal) || begins(language.portal);
  });
}

}  // namespace quern::collector
