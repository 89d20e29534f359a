using System.Globalization;
using System.Text.Json;
using Wharf.Primitives;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wharf.Engine.Devices;

/// <summary>A CDI file in YAML as the JSON that it stands for: plain words are numbers, true, false or null where they read so, as YAML 1.2's core schema has it.</summary>
internal static class CdiYaml
{
    private const int MaxDepth = 32;

    /// <exception cref="WharfException">InvalidArgument: no YAML, and in which line; an alias; more than one document.</exception>
    public static byte[] ToJson(TextReader text)
    {
        try
        {
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                Write(parser, json, 0);
            }

            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? stream.ToArray() : throw WharfException.Invalid("the file holds more than one document");
        }
        catch (YamlException e)
        {
            throw WharfException.Invalid($"line {e.Start.Line}: {e.Message}", e);
        }
    }

    private static void Write(Parser parser, Utf8JsonWriter json, int depth)
    {
        if (depth > MaxDepth)
        {
            throw WharfException.Invalid("it is nested too deeply");
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            WriteScalar(scalar, json);
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            json.WriteStartObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                json.WritePropertyName(parser.Consume<Scalar>().Value);
                Write(parser, json, depth + 1);
            }

            json.WriteEndObject();
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            json.WriteStartArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                Write(parser, json, depth + 1);
            }

            json.WriteEndArray();
        }
        else
        {
            throw WharfException.Invalid("aliases are not supported");
        }
    }

    private static void WriteScalar(Scalar scalar, Utf8JsonWriter json)
    {
        string text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            json.WriteStringValue(text);
        }
        else if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            json.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            json.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (TryNumber(text, out long number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    // Modes are written as octal numbers: 0o660, and 0660 by those who think of YAML 1.1.
    private static bool TryNumber(string text, out long number)
    {
        number = 0;
        bool octal = text.StartsWith("0o", StringComparison.Ordinal) || (text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]));
        if (!octal)
        {
            return text.StartsWith("0x", StringComparison.Ordinal)
                ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
                : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        }

        foreach (char digit in text.AsSpan(text[1] == 'o' ? 2 : 1))
        {
            if (digit is < '0' or > '7' || number > long.MaxValue >> 3)
            {
                return false;
            }

            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }
}
