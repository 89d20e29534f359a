namespace Wharf.Templates.Syntax;

internal enum TokenKind
{
    Error,
    Bool,
    Char,
    CharConstant,
    Comment,
    Assign,
    Declare,
    EndOfText,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Dot,
    Nil,
    Keyword,
}

/// <summary>One lexical item; <see cref="Position"/> is a character offset into the source.</summary>
internal readonly record struct Token(TokenKind Kind, int Position, string Value, int Line)
{
    /// <summary>How Go's error texts show the token: keywords in angle brackets, long text cut.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.EndOfText => "EOF",
        TokenKind.Error => Value,
        TokenKind.Keyword => $"<{Value}>",
        _ when Value.Length > 10 => Formatting.GoQuote.Quote(Value[..10]) + "...",
        _ => Formatting.GoQuote.Quote(Value),
    };
}
