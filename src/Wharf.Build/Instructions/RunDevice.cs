using Wharf.Primitives;

namespace Wharf.Build.Instructions;

/// <summary>A <c>RUN --device=[name=]NAME[,required]</c>: Dockerfile reference, "RUN --device".</summary>
/// <param name="Name">Qualified CDI name: <c>vendor.com/class=device</c>.</param>
/// <param name="IsRequired">Without the device the step fails; otherwise it is run without it.</param>
internal sealed record RunDevice(string Name, bool IsRequired)
{
    /// <exception cref="WharfException">InvalidArgument: no name, or an unknown attribute.</exception>
    public static RunDevice Parse(string text)
    {
        string name = "";
        bool required = false;
        foreach (string field in text.Split(','))
        {
            if (field is "required" or "required=true")
            {
                required = true;
            }
            else if (field.StartsWith("name=", StringComparison.Ordinal))
            {
                name = field["name=".Length..];
            }
            else if (field == "required=false")
            {
                required = false;
            }
            else if (name.Length == 0 && field.Contains('/'))
            {
                name = field;
            }
            else
            {
                throw WharfException.Invalid($"unexpected key '{field.Split('=')[0]}' in the device '{text}'");
            }
        }

        return name.Length > 0 ? new RunDevice(name, required) : throw WharfException.Invalid($"a name is missing in the device '{text}'");
    }
}
