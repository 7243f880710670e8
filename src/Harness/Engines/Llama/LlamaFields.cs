using System.Buffers.Binary;

namespace Gdn.Harness.Engines.Llama;

/// <summary>A parameter structure whose fields are set by offset.</summary>
/// <param name="bytes">The structure; changed.</param>
internal sealed class LlamaFields(byte[] bytes)
{
    /// <summary>The structure as it is passed.</summary>
    public LlamaParameters Parameters => LlamaParameters.Of(bytes);

    /// <summary>Sets an integer; an offset of -1 is a field that this version does not have.</summary>
    public void Set(int offset, int value)
    {
        if (offset >= 0) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
    }

    /// <summary>Sets a <c>bool</c>, likewise.</summary>
    public void Set(int offset, bool value)
    {
        if (offset >= 0) bytes[offset] = value ? (byte)1 : (byte)0;
    }
}
