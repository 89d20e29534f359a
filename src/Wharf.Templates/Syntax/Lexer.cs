using System.Globalization;

namespace Wharf.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens by the rules of Go's text/template: text, actions between <c>{{</c> and <c>}}</c>, trim markers and comments.
/// </summary>
internal sealed class Lexer(string text)
{
    private const string Left = "{{";
    private const string Right = "}}";
    private static readonly HashSet<string> Keywords =
        ["block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"];

    private readonly List<Token> _tokens = [];
    private int _pos;
    private int _start;
    private int _line = 1;
    private int _startLine = 1;
    private int _parens;

    public static List<Token> Scan(string text)
    {
        var lexer = new Lexer(text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (LexText())
        {
            if (!LexLeftDelimiter())
            {
                return;
            }
        }
    }

    /// <summary>Text up to the next action; false when the source or the scan has ended.</summary>
    private bool LexText()
    {
        int open = text.IndexOf(Left, _pos, StringComparison.Ordinal);
        if (open < 0)
        {
            _pos = text.Length;
            if (_pos > _start)
            {
                Emit(TokenKind.Text);
            }

            Emit(TokenKind.EndOfText);
            return false;
        }

        int end = open;
        if (HasLeftTrim(open))
        {
            while (end > _pos && IsSpace(text[end - 1]))
            {
                end--;
            }
        }

        if (end > _pos)
        {
            string value = text[_pos..end];
            _tokens.Add(new Token(TokenKind.Text, _pos, value, _startLine));
        }

        CountLines(_pos, open);
        _pos = open;
        Ignore();
        return true;
    }

    private bool HasLeftTrim(int open) => open + 3 < text.Length && text[open + 2] == '-' && IsSpace(text[open + 3]);

    private bool HasRightTrim(int at) =>
        at + 1 < text.Length && IsSpace(text[at]) && text[at + 1] == '-' && string.CompareOrdinal(text, at + 2, Right, 0, 2) == 0;

    /// <summary>An opening delimiter and everything up to its close; false when the scan ended with an error.</summary>
    private bool LexLeftDelimiter()
    {
        bool trim = HasLeftTrim(_pos);
        int after = _pos + Left.Length + (trim ? 2 : 0);
        if (string.CompareOrdinal(text, after, "/*", 0, 2) == 0)
        {
            _pos = after;
            Ignore();
            return LexComment();
        }

        _pos += Left.Length;
        Emit(TokenKind.LeftDelimiter);
        _pos = after;
        Ignore();
        _parens = 0;
        return LexAction();
    }

    private bool LexComment()
    {
        int close = text.IndexOf("*/", _pos + 2, StringComparison.Ordinal);
        if (close < 0)
        {
            return Fail("unclosed comment");
        }

        int after = close + 2;
        bool trim = HasRightTrim(after);
        if (!trim && string.CompareOrdinal(text, after, Right, 0, 2) != 0)
        {
            return Fail("comment ends before closing delimiter");
        }

        CountLines(_pos, after);
        _pos = after + (trim ? 4 : 2);
        SkipTrimmed(trim);
        return true;
    }

    private void SkipTrimmed(bool trim)
    {
        int from = _pos;
        while (trim && _pos < text.Length && IsSpace(text[_pos]))
        {
            _pos++;
        }

        CountLines(from, _pos);
        Ignore();
    }

    private bool LexAction()
    {
        while (true)
        {
            bool trim = HasRightTrim(_pos);
            if (trim || string.CompareOrdinal(text, _pos, Right, 0, 2) == 0)
            {
                if (_parens > 0)
                {
                    return Fail("unclosed left paren");
                }

                _pos += trim ? 2 : 0;
                Ignore();
                _pos += Right.Length;
                Emit(TokenKind.RightDelimiter);
                SkipTrimmed(trim);
                return true;
            }

            if (_pos >= text.Length)
            {
                return Fail("unclosed action");
            }

            if (!LexItem())
            {
                return false;
            }
        }
    }

    private bool LexItem()
    {
        char c = text[_pos++];
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n':
                return LexSpace();
            case '=':
                return Emit(TokenKind.Assign);
            case ':':
                if (Peek() != '=')
                {
                    return Fail("expected :=");
                }

                _pos++;
                return Emit(TokenKind.Declare);
            case '|':
                return Emit(TokenKind.Pipe);
            case '"':
                return LexQuote('"', TokenKind.String, "unterminated quoted string");
            case '`':
                return LexRawQuote();
            case '$':
                return LexFieldOrVariable(TokenKind.Variable);
            case '\'':
                return LexQuote('\'', TokenKind.CharConstant, "unterminated character constant");
            case '.' when !char.IsAsciiDigit(Peek()):
                return LexFieldOrVariable(TokenKind.Field);
            case '.' or '+' or '-':
            case >= '0' and <= '9':
                _pos--;
                return LexNumber();
            case '(':
                _parens++;
                return Emit(TokenKind.LeftParen);
            case ')':
                _parens--;
                return _parens < 0 ? Fail("unexpected right paren") : Emit(TokenKind.RightParen);
        }

        if (IsAlphaNumeric(c))
        {
            return LexIdentifier();
        }

        if (c >= ' ' && c < 0x7f)
        {
            return Emit(TokenKind.Char);
        }

        return Fail($"unrecognized character in action: {Describe(c)}");
    }

    private bool LexSpace()
    {
        while (_pos < text.Length && IsSpace(text[_pos]) && !HasRightTrim(_pos))
        {
            _pos++;
        }

        // a blank that belongs to " -}}" is the trim marker's, but there is one token of space before it all the same
        if (_pos - _start == 1 && HasRightTrim(_start))
        {
            _pos = _start;
            return true;
        }

        CountLines(_start, _pos);
        return Emit(TokenKind.Space, counted: true);
    }

    private bool LexIdentifier()
    {
        while (IsAlphaNumeric(Peek()))
        {
            _pos++;
        }

        if (!AtTerminator())
        {
            return Fail($"bad character {Describe(Peek())}");
        }

        string word = text[_start.._pos];
        return Emit(word switch
        {
            "nil" => TokenKind.Nil,
            "true" or "false" => TokenKind.Bool,
            _ when Keywords.Contains(word) => TokenKind.Keyword,
            _ => TokenKind.Identifier,
        });
    }

    private bool LexFieldOrVariable(TokenKind kind)
    {
        if (AtTerminator())
        {
            return Emit(kind == TokenKind.Variable ? TokenKind.Variable : TokenKind.Dot);
        }

        while (IsAlphaNumeric(Peek()))
        {
            _pos++;
        }

        return AtTerminator() ? Emit(kind) : Fail($"bad character {Describe(Peek())}");
    }

    private bool AtTerminator()
    {
        if (_pos >= text.Length)
        {
            return true;
        }

        char c = text[_pos];
        return IsSpace(c) || c is '.' or ',' or '|' or ':' or ')' or '(' or '='
            || string.CompareOrdinal(text, _pos, Right, 0, 2) == 0;
    }

    private bool LexQuote(char quote, TokenKind kind, string unterminated)
    {
        while (true)
        {
            if (_pos >= text.Length || text[_pos] == '\n')
            {
                return Fail(unterminated);
            }

            char c = text[_pos++];
            if (c == '\\' && _pos < text.Length && text[_pos] != '\n')
            {
                _pos++;
            }
            else if (c == quote)
            {
                return Emit(kind);
            }
        }
    }

    private bool LexRawQuote()
    {
        int close = text.IndexOf('`', _pos);
        if (close < 0)
        {
            return Fail("unterminated raw quoted string");
        }

        CountLines(_pos, close);
        _pos = close + 1;
        return Emit(TokenKind.RawString, counted: true);
    }

    private bool LexNumber()
    {
        if (Peek() is '+' or '-')
        {
            _pos++;
        }

        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '.' or '_'
            || (Peek() is '+' or '-' && text[_pos - 1] is 'e' or 'E' or 'p' or 'P'))
        {
            _pos++;
        }

        string number = text[_start.._pos];
        return NumberLiteral.TryParse(number, out _)
            ? Emit(TokenKind.Number)
            : Fail($"bad number syntax: {Formatting.GoQuote.Quote(number)}");
    }

    private char Peek() => _pos < text.Length ? text[_pos] : '\0';

    private bool Emit(TokenKind kind, bool counted = false)
    {
        _tokens.Add(new Token(kind, _start, text[_start.._pos], counted ? _startLine : _line));
        _start = _pos;
        _startLine = _line;
        return true;
    }

    private void Ignore()
    {
        _start = _pos;
        _startLine = _line;
    }

    private bool Fail(string message)
    {
        _tokens.Add(new Token(TokenKind.Error, _start, message, _line));
        return false;
    }

    private void CountLines(int from, int to) => _line += text.AsSpan(from, to - from).Count('\n');

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsAlphaNumeric(char c) => c == '_' || char.IsLetterOrDigit(c);

    private static string Describe(char c) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4} '{c}'");
}
