using System.Text;

namespace Wharf.Api.Server;

/// <summary>
/// What is wrong with a body that is no JSON, in the words of Go's encoding/json: clients and their tests look for them.
/// </summary>
internal ref struct JsonComplaint
{
    private const string Cut = "unexpected EOF";
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private string? _problem;

    private JsonComplaint(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Null when the syntax is right and something else is wrong.</summary>
    public static string? Of(ReadOnlySpan<byte> text)
    {
        var reader = new JsonComplaint(text);
        if (!reader.Value(depth: 0))
        {
            return "invalid JSON: " + reader._problem;
        }

        reader.SkipSpace();
        return reader._at < text.Length ? "unexpected content after JSON" : null;
    }

    private bool Value(int depth)
    {
        SkipSpace();
        if (_at == _text.Length)
        {
            return Fail(Cut);
        }

        // the parser before us goes no deeper either
        if (depth > 64)
        {
            return Fail("exceeded max depth");
        }

        switch (_text[_at])
        {
            case (byte)'{':
                return Members(depth, (byte)'}');
            case (byte)'[':
                return Members(depth, (byte)']');
            case (byte)'"':
                return Text();
            case (byte)'t':
                return Word("true");
            case (byte)'f':
                return Word("false");
            case (byte)'n':
                return Word("null");
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return Number();
            default:
                return Unexpected("looking for beginning of value");
        }
    }

    private bool Members(int depth, byte end)
    {
        bool isObject = end == '}';
        _at++;
        SkipSpace();
        if (_at < _text.Length && _text[_at] == end)
        {
            _at++;
            return true;
        }

        while (true)
        {
            if ((isObject && !Key()) || !Value(depth + 1))
            {
                return false;
            }

            SkipSpace();
            if (_at == _text.Length)
            {
                return Fail(Cut);
            }

            byte next = _text[_at];
            if (next == end)
            {
                _at++;
                return true;
            }

            if (next != ',')
            {
                return Unexpected(isObject ? "after object key:value pair" : "after array element");
            }

            _at++;
        }
    }

    private bool Key()
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != '"')
        {
            return Unexpected("looking for beginning of object key string");
        }

        if (!Text())
        {
            return false;
        }

        SkipSpace();
        if (_at == _text.Length || _text[_at] != ':')
        {
            return Unexpected("after object key");
        }

        _at++;
        return true;
    }

    private bool Text()
    {
        for (_at++; _at < _text.Length; _at++)
        {
            byte c = _text[_at];
            if (c == '"')
            {
                _at++;
                return true;
            }

            if (c < 0x20)
            {
                return Unexpected("in string literal");
            }

            if (c != '\\')
            {
                continue;
            }

            _at++;
            if (_at == _text.Length || !"\"\\/bfnrtu"u8.Contains(_text[_at]))
            {
                return Unexpected("in string escape code");
            }

            for (int digits = _text[_at] == 'u' ? 4 : 0; digits > 0; digits--)
            {
                _at++;
                if (_at == _text.Length || !char.IsAsciiHexDigit((char)_text[_at]))
                {
                    return Unexpected("in \\u hexadecimal character escape");
                }
            }
        }

        return Fail(Cut);
    }

    private bool Word(string word)
    {
        for (int i = 0; i < word.Length; i++, _at++)
        {
            if (_at == _text.Length || _text[_at] != word[i])
            {
                return Unexpected($"in literal {word} (expecting '{word[i]}')");
            }
        }

        return true;
    }

    private bool Number()
    {
        if (_text[_at] == '-')
        {
            _at++;
        }

        if (_at < _text.Length && _text[_at] == '0')
        {
            _at++;
        }
        else if (!Digits("in numeric literal"))
        {
            return false;
        }

        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            if (!Digits("after decimal point in numeric literal"))
            {
                return false;
            }
        }

        if (_at < _text.Length && (_text[_at] | 0x20) == 'e')
        {
            _at++;
            if (_at < _text.Length && _text[_at] is (byte)'+' or (byte)'-')
            {
                _at++;
            }

            return Digits("in exponent of numeric literal");
        }

        return true;
    }

    private bool Digits(string where)
    {
        int start = _at;
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at]))
        {
            _at++;
        }

        return _at > start || Unexpected(where);
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }

    private bool Unexpected(string where)
    {
        if (_at >= _text.Length)
        {
            return Fail(Cut);
        }

        Rune.DecodeFromUtf8(_text[_at..], out Rune rune, out _);
        string shown = rune.Value switch
        {
            '\'' => @"'\''",
            '"' => "'\"'",
            '\n' => @"'\n'",
            '\r' => @"'\r'",
            '\t' => @"'\t'",
            < 0x20 or 0x7f => $"'\\x{rune.Value:x2}'",
            _ => $"'{rune}'",
        };
        return Fail($"invalid character {shown} {where}");
    }

    private bool Fail(string problem)
    {
        _problem = problem;
        return false;
    }
}
