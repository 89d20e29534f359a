using System.Text;

namespace Wharf.Archive.Tar;

/// <summary>LIBARCHIVE.xattr records: the name percent-encoded, the value base64 without padding (libarchive-formats(5)).</summary>
internal static class LibarchiveAttribute
{
    public static bool TryDecode(string encodedName, ReadOnlySpan<byte> value, out TarAttribute attribute)
    {
        attribute = default;
        string text = Encoding.ASCII.GetString(value).TrimEnd('=');
        byte[] decoded = new byte[text.Length];
        if (text.Length % 4 == 1 || !Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), decoded, out int length))
        {
            return false;
        }

        string name = Uri.UnescapeDataString(encodedName);
        if (name.Length == 0 || name.Contains('\0'))
        {
            return false;
        }

        attribute = new TarAttribute(Encoding.UTF8.GetBytes(name), decoded[..length]);
        return true;
    }
}
