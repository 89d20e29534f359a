using System.Text.Json;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.Runtime;

namespace Wharf.OciRuntime.Inspection;

internal static class FeaturesCommand
{
    public static readonly Command Command = new("features", "show the enabled features", [], (arguments, session) =>
    {
        arguments.Operand(0, 0, "features");
        session.Print(JsonSerializer.Serialize(RuntimeCapabilities.Features(), RuntimeJson.Default.RuntimeFeatures));
        return 0;
    });
}
