#include "collector/logs/message_tag.hpp"

#include <array>

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
    // Translations, from the server's src/backend/po.
    Word{"FEHLER", MessagePart::Primary, Severity::Error},
    Word{"PANIK", MessagePart::Primary, Severity::Panic},
    Word{"WARNUNG", MessagePart::Primary, Severity::Warning},
    Word{"HINWEIS", MessagePart::Primary, Severity::Notice},
    Word{"TIPP", MessagePart::Other, Severity::Unknown},
    Word{"KONTEXT", MessagePart::Context, Severity::Unknown},
    Word{"ANWEISUNG", MessagePart::Statement, Severity::Unknown},
    Word{"ERREUR", MessagePart::Primary, Severity::Error},
    Word{"ATTENTION", MessagePart::Primary, Severity::Warning},
    Word{"D\xC3\x89TAIL", MessagePart::Detail, Severity::Unknown},
    Word{"ASTUCE", MessagePart::Other, Severity::Unknown},
    Word{"CONTEXTE", MessagePart::Context, Severity::Unknown},
    Word{"INSTRUCTION", MessagePart::Statement, Severity::Unknown},
    Word{"ADVERTENCIA", MessagePart::Primary, Severity::Warning},
    Word{"DETALLE", MessagePart::Detail, Severity::Unknown},
    Word{"SUGERENCIA", MessagePart::Other, Severity::Unknown},
    Word{"SENTENCIA", MessagePart::Statement, Severity::Unknown},
    Word{"CONTEXTO", MessagePart::Context, Severity::Unknown},
    Word{"ERRO", MessagePart::Primary, Severity::Error},
    Word{"AVISO", MessagePart::Primary, Severity::Warning},
    Word{"DETALHE", MessagePart::Detail, Severity::Unknown},
    Word{"DICA", MessagePart::Other, Severity::Unknown},
    Word{"COMANDO", MessagePart::Statement, Severity::Unknown},
    Word{"ERRORE", MessagePart::Primary, Severity::Error},
    Word{"ATTENZIONE", MessagePart::Primary, Severity::Warning},
    Word{"DETTAGLI", MessagePart::Detail, Severity::Unknown},
    Word{"SUGGERIMENTO", MessagePart::Other, Severity::Unknown},
    Word{"ISTRUZIONE", MessagePart::Statement, Severity::Unknown},
    Word{"CONTESTO", MessagePart::Context, Severity::Unknown},
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
  constexpr std::size_t kLongestWord = 14;
  const std::size_t colon = text.substr(0, kLongestWord + 1).find(':');
  if (colon == std::string_view::npos || colon < 3 || colon + 1 >= text.size() ||
      text[colon + 1] != ' ') {
    return std::nullopt;
  }
  const Word* word = find(text.substr(0, colon));
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
  return !context.empty();
}

Severity severity_of(std::string_view word) {
  const Word* known = find(word);
  return known == nullptr ? Severity::Unknown : known->severity;
}

}  // namespace quern::collector
