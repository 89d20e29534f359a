namespace Wharf.Engine.Mounts;

/// <summary>Paths inside containers, as text: cleaned as Go's path.Clean does, without looking at any file.</summary>
internal static class MountPath
{
    public static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0 && parts[^1] != "..")
                {
                    parts.RemoveAt(parts.Count - 1);
                }
                else if (!rooted)
                {
                    parts.Add(part);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }

    /// <summary>A cleaned, absolute destination that is not the root.</summary>
    public static string Destination(string path)
    {
        string clean = Clean(path);
        if (clean == "/")
        {
            throw MountErrors.Root();
        }

        return clean.StartsWith('/') ? clean : throw MountErrors.NotAbsolute(path);
    }
}
