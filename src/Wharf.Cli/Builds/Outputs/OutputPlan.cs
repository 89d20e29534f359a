using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds.Outputs;

/// <summary>All outputs of one build: the flags <c>--output</c>, <c>--push</c> and <c>--load</c> together.</summary>
internal sealed class OutputPlan
{
    private OutputPlan(IReadOnlyList<OutputSpec> specs, IReadOnlyList<string> tags)
    {
        Specs = specs;
        Tags = tags;
    }

    public IReadOnlyList<OutputSpec> Specs { get; }

    /// <summary>Names for the image in the engine; empty when it is only wanted as files.</summary>
    public IReadOnlyList<string> Tags { get; }

    public bool RewritesTimestamps => Specs.Any(s => s.RewritesTimestamps);

    /// <summary>Standard output carries the result, so nothing else may be written there.</summary>
    public bool UsesStandardOutput => Specs.Any(s => s.Type is "tar" or "oci" && s.Destination.Length == 0 || s is { Type: "docker", HasDestination: true, Destination: "" });

    /// <exception cref="CommandException">Outputs that contradict each other.</exception>
    public static OutputPlan From(Invocation call)
    {
        List<OutputSpec> specs = [.. call.List("output").Select(OutputSpec.Parse)];
        if (call.Bool("push"))
        {
            int image = specs.FindIndex(s => s.Type is "image" or "registry");
            if (image < 0)
            {
                specs.Add(new OutputSpec { Type = "registry", Push = true });
            }
            else
            {
                specs[image] = specs[image] with { Push = true };
            }
        }

        if (call.Bool("load") && !specs.Any(s => s.KeepsImage))
        {
            specs.Add(new OutputSpec { Type = "docker" });
        }

        if (specs.Count(s => s.Type is "tar" or "oci" or "docker" && s.Destination.Length == 0 && (s.Type != "docker" || s.HasDestination)) > 1)
        {
            throw new CommandException("multiple outputs to standard output: give all but one a dest");
        }

        bool keeps = specs.Count == 0 || specs.Any(s => s.KeepsImage);
        IReadOnlyList<string> tags = [.. (keeps ? call.List("tag") : []), .. specs.Where(s => s.KeepsImage && !s.ByDigest).SelectMany(s => s.Names)];
        return specs.Any(s => s.Push && !s.ByDigest) && tags.Count == 0
            ? throw new CommandException("tag is needed when pushing to registry")
            : new OutputPlan(specs, tags);
    }
}
