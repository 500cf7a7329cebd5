#include "collector/logs/message_tag.hpp"

#include <array>

#include "collector/logs/translated_message.hpp"

namespace quern::collector {

namespace {

struct Word {
  std::string_view text;
  MessagePart part;
  Severity severity;
};

constexpr std::array kWords = {
    Word{"LOG", MessagePart::Primary, Severity::Log},
    Word{"DETAIL", MessagePart::Detail, Severity::Unknown},
    Word{"STATEMENT", MessagePart::Statement, Severity::Unknown},
    Word{"ERROR", MessagePart::Primary, Severity::Error},
    Word{"CONTEXT", MessagePart::Context, Severity::Unknown},
    Word{"HINT", MessagePart::Other, Severity::Unknown},
    Word{"LOCATION", MessagePart::Other, Severity::Unknown},
    Word{"QUERY", MessagePart::Other, Severity::Unknown},
    Word{"BACKTRACE", MessagePart::Other, Severity::Unknown},
    Word{"WARNING", MessagePart::Primary, Severity::Warning},
    Word{"NOTICE", MessagePart::Primary, Severity::Notice},
    Word{"INFO", MessagePart::Primary, Severity::Info},
    Word{"FATAL", MessagePart::Primary, Severity::Fatal},
    Word{"PANIC", MessagePart::Primary, Severity::Panic},
    Word{"DEBUG", MessagePart::Primary, Severity::Debug},
    Word{"DEBUG1", MessagePart::Primary, Severity::Debug},
    Word{"DEBUG2", MessagePart::Primary, Severity::Debug},
    Word{"DEBUG3", MessagePart::Primary, Severity::Debug},
    Word{"DEBUG4", MessagePart::Primary, Severity::Debug},
    Word{"DEBUG5", MessagePart::Primary, Severity::Debug},
    // Translations, from the server's src/backend/po; a language's words that another has are left
    // out. German
    Word{"HINWEIS", MessagePart::Primary, Severity::Notice},
    Word{"WARNUNG", MessagePart::Primary, Severity::Warning},
    Word{"FEHLER", MessagePart::Primary, Severity::Error},
    Word{"PANIK", MessagePart::Primary, Severity::Panic},
    Word{"TIPP", MessagePart::Other, Severity::Unknown},
    Word{"ANFRAGE", MessagePart::Other, Severity::Unknown},
    Word{"ZUSAMMENHANG", MessagePart::Context, Severity::Unknown},
    Word{"KONTEXT", MessagePart::Context, Severity::Unknown},
    Word{"ANWEISUNG", MessagePart::Statement, Severity::Unknown},
    Word{"ORT", MessagePart::Other, Severity::Unknown},
    // French
    Word{"ATTENTION", MessagePart::Primary, Severity::Warning},
    Word{"ERREUR", MessagePart::Primary, Severity::Error},
    Word{"DÉTAIL", MessagePart::Detail, Severity::Unknown},
    Word{"ASTUCE", MessagePart::Other, Severity::Unknown},
    Word{"REQUÊTE", MessagePart::Other, Severity::Unknown},
    Word{"CONTEXTE", MessagePart::Context, Severity::Unknown},
    Word{"INSTRUCTION", MessagePart::Statement, Severity::Unknown},
    Word{"EMPLACEMENT", MessagePart::Other, Severity::Unknown},
    // Spanish
    Word{"ADVERTENCIA", MessagePart::Primary, Severity::Warning},
    Word{"DETALLE", MessagePart::Detail, Severity::Unknown},
    Word{"SUGERENCIA", MessagePart::Other, Severity::Unknown},
    Word{"CONSULTA", MessagePart::Other, Severity::Unknown},
    Word{"CONTEXTO", MessagePart::Context, Severity::Unknown},
    Word{"SENTENCIA", MessagePart::Statement, Severity::Unknown},
    Word{"UBICACIÓN", MessagePart::Other, Severity::Unknown},
    // Portuguese
    Word{"ERRO", MessagePart::Primary, Severity::Error},
    Word{"AVISO", MessagePart::Primary, Severity::Warning},
    Word{"DETALHE", MessagePart::Detail, Severity::Unknown},
    Word{"DICA", MessagePart::Other, Severity::Unknown},
    Word{"COMANDO", MessagePart::Statement, Severity::Unknown},
    // Italian
    Word{"NOTIFICA", MessagePart::Primary, Severity::Notice},
    Word{"ATTENZIONE", MessagePart::Primary, Severity::Warning},
    Word{"ERRORE", MessagePart::Primary, Severity::Error},
    Word{"FATALE", MessagePart::Primary, Severity::Fatal},
    Word{"PANICO", MessagePart::Primary, Severity::Panic},
    Word{"DETTAGLI", MessagePart::Detail, Severity::Unknown},
    Word{"SUGGERIMENTO", MessagePart::Other, Severity::Unknown},
    Word{"CONTESTO", MessagePart::Context, Severity::Unknown},
    Word{"ISTRUZIONE", MessagePart::Statement, Severity::Unknown},
    Word{"POSIZIONE", MessagePart::Other, Severity::Unknown},
    // Swedish
    Word{"LOGG", MessagePart::Primary, Severity::Log},
    Word{"NOTIS", MessagePart::Primary, Severity::Notice},
    Word{"VARNING", MessagePart::Primary, Severity::Warning},
    Word{"FEL", MessagePart::Primary, Severity::Error},
    Word{"FATALT", MessagePart::Primary, Severity::Fatal},
    Word{"DETALJ", MessagePart::Detail, Severity::Unknown},
    Word{"TIPS", MessagePart::Other, Severity::Unknown},
    Word{"FRÅGA", MessagePart::Other, Severity::Unknown},
    Word{"SATS", MessagePart::Statement, Severity::Unknown},
    Word{"PLATS", MessagePart::Other, Severity::Unknown},
    // Russian
    Word{"ОТЛАДКА", MessagePart::Primary, Severity::Debug},
    Word{"СООБЩЕНИЕ", MessagePart::Primary, Severity::Log},
    Word{"ИНФОРМАЦИЯ", MessagePart::Primary, Severity::Info},
    Word{"ЗАМЕЧАНИЕ", MessagePart::Primary, Severity::Notice},
    Word{"ПРЕДУПРЕЖДЕНИЕ", MessagePart::Primary, Severity::Warning},
    Word{"ОШИБКА", MessagePart::Primary, Severity::Error},
    Word{"ВАЖНО", MessagePart::Primary, Severity::Fatal},
    Word{"ПАНИКА", MessagePart::Primary, Severity::Panic},
    Word{"ПОДРОБНОСТИ", MessagePart::Detail, Severity::Unknown},
    Word{"ПОДСКАЗКА", MessagePart::Other, Severity::Unknown},
    Word{"ЗАПРОС", MessagePart::Other, Severity::Unknown},
    Word{"КОНТЕКСТ", MessagePart::Context, Severity::Unknown},
    Word{"ОПЕРАТОР", MessagePart::Statement, Severity::Unknown},
    Word{"ПОЛОЖЕНИЕ", MessagePart::Other, Severity::Unknown},
    Word{"СТЕК", MessagePart::Other, Severity::Unknown},
    // Ukrainian
    Word{"НАЛАГОДЖЕННЯ", MessagePart::Primary, Severity::Debug},
    Word{"ЗАПИСУВАННЯ", MessagePart::Primary, Severity::Log},
    Word{"ІНФОРМАЦІЯ", MessagePart::Primary, Severity::Info},
    Word{"ПОВІДОМЛЕННЯ", MessagePart::Primary, Severity::Notice},
    Word{"ПОПЕРЕДЖЕННЯ", MessagePart::Primary, Severity::Warning},
    Word{"ПОМИЛКА", MessagePart::Primary, Severity::Error},
    Word{"ФАТАЛЬНО", MessagePart::Primary, Severity::Fatal},
    Word{"ПАНІКА", MessagePart::Primary, Severity::Panic},
    Word{"ВІДОМОСТІ", MessagePart::Detail, Severity::Unknown},
    Word{"УКАЗІВКА", MessagePart::Other, Severity::Unknown},
    Word{"ЗАПИТ", MessagePart::Other, Severity::Unknown},
    Word{"ІНСТРУКЦІЯ", MessagePart::Statement, Severity::Unknown},
    Word{"РОЗТАШУВАННЯ", MessagePart::Other, Severity::Unknown},
    Word{"ВІДСТЕЖУВАТИ", MessagePart::Other, Severity::Unknown},
    // Georgian
    Word{"გამართვა", MessagePart::Primary, Severity::Debug},
    Word{"ჟურნალი", MessagePart::Primary, Severity::Log},
    Word{"ინფორმაცია", MessagePart::Primary, Severity::Info},
    Word{"გაფრთხილება", MessagePart::Primary, Severity::Warning},
    Word{"შეცდომა", MessagePart::Primary, Severity::Error},
    Word{"ფატალური", MessagePart::Primary, Severity::Fatal},
    Word{"პანიკა", MessagePart::Primary, Severity::Panic},
    Word{"დეტალები", MessagePart::Detail, Severity::Unknown},
    Word{"მინიშნება", MessagePart::Other, Severity::Unknown},
    Word{"მოთხოვნა", MessagePart::Other, Severity::Unknown},
    Word{"კონტექსტი", MessagePart::Context, Severity::Unknown},
    Word{"ოპერატორი", MessagePart::Statement, Severity::Unknown},
    Word{"მდებარეობა", MessagePart::Other, Severity::Unknown},
    Word{"სტეკი", MessagePart::Other, Severity::Unknown},
    // Japanese
    Word{"詳細", MessagePart::Detail, Severity::Unknown},
    Word{"ヒント", MessagePart::Other, Severity::Unknown},
    Word{"問い合わせ", MessagePart::Other, Severity::Unknown},
    Word{"文脈", MessagePart::Context, Severity::Unknown},
    Word{"文", MessagePart::Statement, Severity::Unknown},
    Word{"場所", MessagePart::Other, Severity::Unknown},
    Word{"バックトレース", MessagePart::Other, Severity::Unknown},
    // Korean
    Word{"디버그", MessagePart::Primary, Severity::Debug},
    Word{"로그", MessagePart::Primary, Severity::Log},
    Word{"정보", MessagePart::Primary, Severity::Info},
    Word{"알림", MessagePart::Primary, Severity::Notice},
    Word{"경고", MessagePart::Primary, Severity::Warning},
    Word{"오류", MessagePart::Primary, Severity::Error},
    Word{"치명적오류", MessagePart::Primary, Severity::Fatal},
    Word{"손상", MessagePart::Primary, Severity::Panic},
    Word{"상세정보", MessagePart::Detail, Severity::Unknown},
    Word{"힌트", MessagePart::Other, Severity::Unknown},
    Word{"내용", MessagePart::Context, Severity::Unknown},
    Word{"명령 구문", MessagePart::Statement, Severity::Unknown},
    Word{"위치", MessagePart::Other, Severity::Unknown},
    Word{"역추적", MessagePart::Other, Severity::Unknown},
    // Chinese
    Word{"调试", MessagePart::Primary, Severity::Debug},
    Word{"日志", MessagePart::Primary, Severity::Log},
    Word{"信息", MessagePart::Primary, Severity::Info},
    Word{"注意", MessagePart::Primary, Severity::Notice},
    Word{"警告", MessagePart::Primary, Severity::Warning},
    Word{"错误", MessagePart::Primary, Severity::Error},
    Word{"致命错误", MessagePart::Primary, Severity::Fatal},
    Word{"比致命错误还过分的错误", MessagePart::Primary, Severity::Panic},
    Word{"详细信息", MessagePart::Detail, Severity::Unknown},
    Word{"提示", MessagePart::Other, Severity::Unknown},
    Word{"查询", MessagePart::Other, Severity::Unknown},
    Word{"上下文", MessagePart::Context, Severity::Unknown},
    Word{"语句", MessagePart::Statement, Severity::Unknown},
    Word{"位置", MessagePart::Other, Severity::Unknown},
};

/// With a length that the compiler knows.
template <std::size_t N>
bool starts(std::string_view text, const char (&with)[N]) {
  return text.size() >= N - 1 && std::char_traits<char>::compare(text.data(), with, N - 1) == 0;
}

/// Most lines are LOG or DETAIL: words are ordered by how common they are.
const Word* find(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.text == word) {
      return &known;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<MessageTag> message_tag(std::string_view text) {
  if (starts(text, "LOG:  ")) {
    return MessageTag{MessagePart::Primary, Severity::Log, 6};
  }
  if (starts(text, "DETAIL:  ")) {
    return MessageTag{MessagePart::Detail, Severity::Unknown, 9};
  }
  // Of other alphabets a letter is two or three bytes.
  const bool ascii = !text.empty() && static_cast<unsigned char>(text.front()) < 0x80U;
  const std::size_t longest_word = ascii ? 14 : 36;
  const std::size_t colon = text.substr(0, longest_word + 1).find(':');
  if (colon == std::string_view::npos || colon < 3 || colon + 1 >= text.size() ||
      text[colon + 1] != ' ') {
    return std::nullopt;
  }
  const bool blank_before = text[colon - 1] == ' ';  // in French
  const Word* word = find(text.substr(0, blank_before ? colon - 1 : colon));
  if (word == nullptr) {
    return std::nullopt;
  }
  const std::size_t blanks = colon + 2 < text.size() && text[colon + 2] == ' ' ? 2 : 1;
  return MessageTag{word->part, word->severity, colon + 1 + blanks};
}

bool tells_nesting(std::string_view context) {
  for (const std::string_view own : {"unnamed portal with parameters: ", "portal \"",
                                     "extended query with parameters: ", "extended query \""}) {
    if (context.substr(0, own.size()) == own) {
      return false;
    }
  }
  return !context.empty() && !tells_translated_portal(context);
}

Severity severity_of(std::string_view word) {
  const Word* known = find(word);
  return known == nullptr ? Severity::Unknown : known->severity;
}

}  // namespace quern::collector
