using System.Globalization;
using Wharf.Cli.Framework.Commands;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds.Outputs;

/// <summary>In which form the layers of a result leave the engine; nothing given is the engine's usual.</summary>
internal sealed record OutputPacking
{
    public static readonly string[] Attributes = ["compression", "compression-level", "force-compression", "oci-mediatypes"];

    public string Compression { get; private init; } = "";

    public string Level { get; private init; } = "";

    public bool Force { get; private init; }

    public bool UsesOciTypes { get; private init; }

    /// <exception cref="CommandException">A compression that there is not, or a level outside of it.</exception>
    public static OutputPacking From(IReadOnlyDictionary<string, string> values, Func<string, bool> flag)
    {
        string compression = values.GetValueOrDefault("compression") ?? "", level = values.GetValueOrDefault("compression-level") ?? "";
        if (compression is not ("" or "uncompressed" or "gzip" or "zstd"))
        {
            throw new CommandException($"unsupported layer compression type: {compression}: use uncompressed, gzip or zstd");
        }

        if (level.Length > 0)
        {
            (int least, int most) = compression switch
            {
                "gzip" => (0, 9),
                "zstd" => (1, 22),
                _ => throw new CommandException("compression-level needs compression=gzip or compression=zstd"),
            };
            if (!int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least || number > most)
            {
                throw new CommandException($"invalid compression-level \"{level}\": {compression} has {least} to {most}");
            }
        }

        bool force = flag("force-compression");
        return force && compression.Length == 0 ? throw new CommandException("force-compression needs a compression")
            : new OutputPacking { Compression = compression, Level = level, Force = force, UsesOciTypes = flag("oci-mediatypes") };
    }

    public Query AddTo(Query query)
    {
        query.Add("compression", Compression);
        query.Add("compressionlevel", Level);
        query.Add("forcecompression", Force);
        query.Add("ocitypes", UsesOciTypes);
        return query;
    }
}
