using Wharf.Primitives;

namespace Wharf.Engine.Volumes;

/// <summary>The rule for names of local volumes.</summary>
internal static class VolumeName
{
    /// <summary>The name, if it may be one.</summary>
    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static string Check(string name)
    {
        bool valid = name.Length is > 1 and <= 255 && char.IsAsciiLetterOrDigit(name[0]);
        foreach (char c in name)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
        }

        if (name.Length == 1)
        {
            throw WharfException.Invalid("volume name is too short, names should be at least two alphanumeric characters");
        }

        return valid ? name : throw WharfException.Invalid(
            $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path");
    }
}
