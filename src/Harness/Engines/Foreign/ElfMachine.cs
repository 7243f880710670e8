using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Foreign;

/// <summary>Which machine a library of Linux is built for, as its header says. The system's loader only says that it is no library.</summary>
internal static class ElfMachine
{
    private const int ClassAt = 4, OrderAt = 5, MachineAt = 18, HeaderLength = 20, Bits64 = 2, LittleEndian = 1;

    private static ReadOnlySpan<byte> Magic => [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>This machine; null where its name is not known.</summary>
    public static string? Here => OperatingSystem.IsLinux()
        ? RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86-64",
            Architecture.Arm64 => "aarch64",
            _ => null,
        }
        : null;

    /// <summary>The machine that a file is built for; null where it is no such library.</summary>
    public static string? Of(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (!header.StartsWith(Magic)) return null;
        int machine = header[OrderAt] == LittleEndian
            ? BinaryPrimitives.ReadUInt16LittleEndian(header[MachineAt..])
            : BinaryPrimitives.ReadUInt16BigEndian(header[MachineAt..]);
        string name = machine switch
        {
            3 => "x86",
            20 or 21 => "PowerPC",
            22 => "S/390",
            40 => "arm",
            62 => "x86-64",
            183 => "aarch64",
            243 => "RISC-V",
            258 => "LoongArch",
            _ => FormattableString.Invariant($"machine {machine} of ELF"),
        };
        return header[ClassAt] == Bits64 || machine != 62 ? name : $"{name} with 32-bit pointers";
    }
}
