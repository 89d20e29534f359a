using System.Globalization;

namespace Wharf.Runtime.Processes;

/// <summary>Names of the host's users, as ps(1) shows them; ids without a name stay numbers.</summary>
internal static class HostUsers
{
    public static string NameOf(uint id)
    {
        string number = id.ToString(CultureInfo.InvariantCulture);
        if (File.Exists("/etc/passwd"))
        {
            foreach (string line in File.ReadLines("/etc/passwd"))
            {
                string[] parts = line.Split(':');
                if (parts.Length > 2 && parts[2] == number)
                {
                    return parts[0];
                }
            }
        }

        return number;
    }
}
