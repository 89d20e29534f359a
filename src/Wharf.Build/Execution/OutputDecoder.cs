using System.Text;

namespace Wharf.Build.Execution;

/// <summary>Decodes a step's output as it comes; a character cut between two reads is put together again.</summary>
internal sealed class OutputDecoder(IBuildOutput output)
{
    private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];

    public void Write(ReadOnlyMemory<byte> data, bool isError) => Decode(_decoders[isError ? 1 : 0], data.Span, flush: false);

    public void Finish()
    {
        foreach (var decoder in _decoders)
        {
            Decode(decoder, [], flush: true);
        }
    }

    private void Decode(Decoder decoder, ReadOnlySpan<byte> data, bool flush)
    {
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(data.Length) + 1];
        int count = decoder.GetChars(data, text, flush);
        if (count > 0)
        {
            output.WriteLog(new string(text, 0, count));
        }
    }
}
