using System.Globalization;
using System.Text;
using Wharf.Templates.Values;

namespace Wharf.Templates.Formatting;

/// <summary>fmt.Sprintf over template values: flags, width, precision, <c>*</c>, argument indexes and Go's complaints (<c>%!d(string=x)</c>).</summary>
public static class GoPrintf
{
    // fmt's own bound for width and precision
    private const int MaxWidth = 1_000_000;

    public static string Format(string format, IReadOnlyList<object?> arguments) => new Run(format, arguments).Execute();

    private sealed class Run(string format, IReadOnlyList<object?> arguments)
    {
        private readonly StringBuilder _out = new();
        private int _pos;
        private int _arg;
        private bool _reordered;
        private bool _goodIndex = true;

        public string Execute()
        {
            while (_pos < format.Length)
            {
                int percent = format.IndexOf('%', _pos);
                if (percent < 0)
                {
                    _out.Append(format, _pos, format.Length - _pos);
                    break;
                }

                _out.Append(format, _pos, percent - _pos);
                _pos = percent + 1;
                Verb();
            }

            AppendExtra();
            return _out.ToString();
        }

        private void AppendExtra()
        {
            if (_reordered || _arg >= arguments.Count)
            {
                return;
            }

            _out.Append("%!(EXTRA ");
            for (int i = _arg; i < arguments.Count; i++)
            {
                _out.Append(i > _arg ? ", " : "").Append(arguments[i] is null ? "<nil>" : GoPrint.TypeName(arguments[i]) + "=" + GoPrint.Value(arguments[i]));
            }

            _out.Append(')');
        }

        private void Verb()
        {
            var spec = new FormatSpec();
            _goodIndex = true;
            bool afterIndex = false;
            while (_pos < format.Length && spec.TakeFlag(format[_pos]))
            {
                _pos++;
            }

            afterIndex = ArgumentIndex();
            if (_pos < format.Length && format[_pos] == '*')
            {
                _pos++;
                StarWidth(spec);
                afterIndex = false;
            }
            else if (Number(out int width))
            {
                spec.Width = width;
                if (afterIndex)
                {
                    _goodIndex = false;
                }
            }

            if (_pos < format.Length && format[_pos] == '.')
            {
                _pos++;
                if (afterIndex)
                {
                    _goodIndex = false;
                }

                afterIndex = ArgumentIndex();
                if (_pos < format.Length && format[_pos] == '*')
                {
                    _pos++;
                    spec.Precision = StarNumber("%!(BADPREC)") is >= 0 and var p ? p : null;
                    afterIndex = false;
                }
                else
                {
                    spec.Precision = Number(out int precision) ? precision : 0;
                }
            }

            if (!afterIndex)
            {
                ArgumentIndex();
            }

            if (_pos >= format.Length)
            {
                _out.Append("%!(NOVERB)");
                return;
            }

            Rune.DecodeFromUtf16(format.AsSpan(_pos), out Rune verb, out int consumed);
            _pos += consumed;
            if (verb.Value == '%')
            {
                _out.Append('%');
            }
            else if (!_goodIndex)
            {
                _out.Append("%!").Append(verb.ToString()).Append("(BADINDEX)");
            }
            else if (_arg >= arguments.Count)
            {
                _out.Append("%!").Append(verb.ToString()).Append("(MISSING)");
            }
            else
            {
                _out.Append(GoVerb.Render(verb, spec, arguments[_arg++]));
            }
        }

        private void StarWidth(FormatSpec spec)
        {
            if (StarNumber("%!(BADWIDTH)") is { } width)
            {
                spec.Minus |= width < 0;
                spec.Width = Math.Abs(width);
            }
        }

        private int? StarNumber(string complaint)
        {
            object? argument = _arg < arguments.Count ? arguments[_arg++] : null;
            if (argument is long and >= -MaxWidth and <= MaxWidth)
            {
                return (int)(long)argument;
            }

            _out.Append(complaint);
            return null;
        }

        private bool Number(out int number)
        {
            number = 0;
            int start = _pos;
            while (_pos < format.Length && char.IsAsciiDigit(format[_pos]))
            {
                number = Math.Min(number * 10 + (format[_pos] - '0'), MaxWidth + 1);
                _pos++;
            }

            if (number > MaxWidth)
            {
                number = 0;
                return false;
            }

            return _pos > start;
        }

        /// <summary>An explicit index, <c>[n]</c>, counted from one.</summary>
        private bool ArgumentIndex()
        {
            if (_pos >= format.Length || format[_pos] != '[')
            {
                return false;
            }

            _reordered = true;
            int close = format.IndexOf(']', _pos);
            if (close < 0 || !int.TryParse(format.AsSpan(_pos + 1, close - _pos - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                || index < 1 || index > arguments.Count)
            {
                _goodIndex = false;
                _pos = close < 0 ? _pos + 1 : close + 1;
                return true;
            }

            _arg = index - 1;
            _pos = close + 1;
            return true;
        }
    }
}
