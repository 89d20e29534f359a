using System.Text.RegularExpressions;
using Wharf.Cli.Builds.Outputs;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds;

/// <summary>
/// Annotations of manifest, index and the manifest's entry there: <c>--annotation [TYPE:]KEY=VALUE</c> and <c>annotation[-TYPE].KEY=VALUE</c> of
/// outputs. A platform in brackets behind the type must be left out or be that of the build.
/// </summary>
internal sealed partial class BuildAnnotations
{
    public SortedDictionary<string, string> Manifest { get; } = new(StringComparer.Ordinal);

    /// <summary>Of the manifest's entry in the index.</summary>
    public SortedDictionary<string, string> Entry { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Index { get; } = new(StringComparer.Ordinal);

    /// <exception cref="CommandException">No key, or a type that is none or has no place here.</exception>
    public static BuildAnnotations From(Invocation call, OutputPlan outputs)
    {
        var annotations = new BuildAnnotations();
        foreach (string text in call.List("annotation"))
        {
            int equals = text.IndexOf('=');
            if (equals <= 0)
            {
                throw new CommandException($"invalid annotation \"{text}\", expected key=value");
            }

            string key = text[..equals];
            Match match = Prefix().Match(key);
            string types = match.Success ? match.Groups[1].Value : "manifest";
            foreach (string type in types.Split(','))
            {
                annotations.Add(type, match.Success ? key[match.Length..] : key, text[(equals + 1)..], text);
            }
        }

        foreach ((string name, string value) in outputs.Specs.SelectMany(s => s.Annotations))
        {
            // annotation.KEY, annotation-index.KEY, annotation-manifest-descriptor[linux/amd64].KEY
            int dot = name.IndexOf('.');
            string type = name["annotation".Length..dot].TrimStart('-');
            annotations.Add(type.Length == 0 ? "manifest" : type, name[(dot + 1)..], value, name);
        }

        return annotations;
    }

    private void Add(string type, string key, string value, string text)
    {
        int bracket = type.IndexOf('[');
        SortedDictionary<string, string> into = (bracket < 0 ? type : type[..bracket]) switch
        {
            "manifest" => Manifest,
            "manifest-descriptor" => Entry,
            "index" => Index,
            "index-descriptor" => throw new CommandException($"annotation {text} is not supported: the engine's archives have no place for annotations of the index's descriptor"),
            _ => throw new CommandException($"unknown annotation type \"{type}\": use manifest, manifest-descriptor or index"),
        };
        if (key.Length == 0)
        {
            throw new CommandException($"invalid annotation \"{text}\": the key is empty");
        }

        into[key] = value;
    }

    [GeneratedRegex(@"^((?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]]*\])?(?:,(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]]*\])?)*):")]
    private static partial Regex Prefix();
}
