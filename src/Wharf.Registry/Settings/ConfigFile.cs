using Wharf.Primitives;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wharf.Registry.Settings;

/// <summary>
/// A configuration file in YAML, as Docker's registry has it, flattened: <c>http: {addr: ":5000"}</c> becomes <c>http.addr</c>; the items of a list of
/// mappings are numbered; a list of plain values is one option with several values.
/// </summary>
internal static class ConfigFile
{
    private const int MaxDepth = 16;

    /// <exception cref="WharfException">InvalidArgument: it cannot be read or is no YAML, and where.</exception>
    public static OptionValues Read(string path)
    {
        try
        {
            using var text = new StreamReader(path);
            return Parse(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WharfException.Invalid($"configuration file {path}: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw WharfException.Invalid($"configuration file {path}, line {e.Start.Line}: {e.Message}", e);
        }
    }

    /// <summary>The value of an environment variable: a list in brackets, or one value.</summary>
    public static IReadOnlyList<string> ReadList(string value, string name)
    {
        if (!value.TrimStart().StartsWith('['))
        {
            return [value];
        }

        try
        {
            using var text = new StringReader($"v: {value}");
            return Parse(text).List("v");
        }
        catch (YamlException e)
        {
            throw WharfException.Invalid($"environment variable {name}: {e.Message}", e);
        }
    }

    public static OptionValues Parse(TextReader text)
    {
        var values = new OptionValues();
        var parser = new Parser(text);
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return values;
        }

        parser.Consume<DocumentStart>();
        Walk(parser, "", values, 0);
        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _) ? values : throw WharfException.Invalid("the file holds more than one document");
    }

    private static void Walk(Parser parser, string key, OptionValues values, int depth)
    {
        if (depth > MaxDepth)
        {
            throw WharfException.Invalid("it is nested too deeply");
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            // "storage: {filesystem:}" and the like: a section without anything in it says nothing.
            bool isNull = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };
            if (!isNull)
            {
                values.Add(key, scalar.Value);
            }
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                string name = parser.Consume<Scalar>().Value;
                Walk(parser, key.Length == 0 ? name : $"{key}.{name}", values, depth + 1);
            }
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            for (int i = 0; !parser.TryConsume<SequenceEnd>(out _); i++)
            {
                Walk(parser, parser.Accept<Scalar>(out _) ? key : $"{key}.{i}", values, depth + 1);
            }
        }
        else
        {
            throw WharfException.Invalid($"{(key.Length > 0 ? key : "the document")} is an alias, which is not supported");
        }
    }
}
