using System.Buffers.Binary;
using Gdn.Harness.Engines.Llama;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>
/// What <c>llama_context_default_params</c> and <c>llama_model_default_params</c> of several versions return, written down from
/// their headers: an int is a word, a float too, a bool a byte, null a pointer.
/// </summary>
internal static class Defaults
{
    private const int Unspecified = -1, Threads = 4, F16 = 1;

    private static readonly object?[] Scaling = [0f, 0f, -1f, -1f, -1f, -1f, 0, -1f, null, null];

    private static readonly object?[] Flags = [null, null, false, true, true, true, true, false];

    /// <summary>v0.5.0 of September 2026.</summary>
    public static byte[] Context050 { get; } = Bytes(
        [512, 2048, 512, 1, 0, 0, 1, Threads, Threads, 0, Unspecified, Unspecified, Unspecified, Unspecified, .. Scaling, F16, F16,
            .. Flags, null, 0L, null]);

    /// <summary>Of summer 2026, before the number of outputs per sequence.</summary>
    public static byte[] ContextWithOutputs { get; } = Bytes(
        [512, 2048, 512, 1, 0, 0, Threads, Threads, 0, Unspecified, Unspecified, Unspecified, Unspecified, .. Scaling, F16, F16,
            .. Flags, null, 0L]);

    /// <summary>Of late 2025: no rollback; yarn's factors are numbers.</summary>
    public static byte[] Context2025 { get; } = Bytes(
        [512, 2048, 512, 1, Threads, Threads, Unspecified, Unspecified, Unspecified, Unspecified, 0f, 0f, -1f, 1f, 32f, 1f, 0, 0f,
            null, null, F16, F16, .. Flags]);

    /// <summary>Of ik_llama.cpp in August 2026, up to the first flags.</summary>
    public static byte[] ContextIk { get; } = Bytes(
        [-1, 512, 2048, 512, 1, Threads, Threads, 256, 0, Unspecified, Unspecified, Unspecified, .. Scaling, F16, F16, F16, F16, F16,
            F16, F16, F16, F16, -1, -1, -1, -1, false, false, true, true, 3, 256, true, false, true, true, false, true]);

    /// <summary>v0.5.0.</summary>
    public static byte[] Model050 { get; } =
        Bytes([null, null, -1, 1, 0, 0, 0, null, null, null, null, false, false, true, false, false, false]);

    /// <summary>Of late 2025.</summary>
    public static byte[] Model2025 { get; } =
        Bytes([null, null, 999, 1, 0, null, null, null, null, false, true, false, false, true, false]);

    /// <summary>Of ik_llama.cpp in August 2026.</summary>
    public static byte[] ModelIk { get; } = Bytes([null, -1, 0, 1, 0, 0, 0, F16, F16, F16, 0, 1, 512, 256, 0]);

    /// <summary>The bytes of a structure with these fields, as a C compiler lays them out, as large as what is passed.</summary>
    public static byte[] Bytes(object?[] fields)
    {
        var bytes = new byte[LlamaParameters.Size];
        int at = 0;
        foreach (object? field in fields)
        {
            int size = field switch { bool => 1, int or float => 4, _ => 8 };
            at = (at + size - 1) / size * size;
            Span<byte> target = bytes.AsSpan(at, size);
            switch (field)
            {
                case bool flag:
                    target[0] = flag ? (byte)1 : (byte)0;
                    break;
                case int word:
                    BinaryPrimitives.WriteInt32LittleEndian(target, word);
                    break;
                case float value:
                    BinaryPrimitives.WriteSingleLittleEndian(target, value);
                    break;
                case long value:
                    BinaryPrimitives.WriteInt64LittleEndian(target, value);
                    break;
            }

            at += size;
        }

        return bytes;
    }
}
